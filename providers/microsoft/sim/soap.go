package sim

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// The old SOAP face, which Microsoft switches off on 2027-01-31: as much of it
// as its last clients need. The operations, objects and errors are the REST
// ones; only their clothing differs: elements for properties, i:type for the
// discriminator, blanks between flags.

// soapServices are the old addresses, by service and namespace.
var soapServices = map[string][2]string{
	"/Api/Advertiser/CampaignManagement/v13/CampaignManagementService.svc": {"CampaignManagement", "https://bingads.microsoft.com/CampaignManagement/v13"},
	"/Api/CustomerManagement/v13/CustomerManagementService.svc":            {"CustomerManagement", "https://bingads.microsoft.com/Customer/v13"},
	"/Api/Advertiser/Reporting/v13/ReportingService.svc":                   {"Reporting", "https://bingads.microsoft.com/Reporting/v13"},
}

// node is one element.
type node struct {
	name, kind string // kind: the local part of i:type
	null       bool
	text       string
	kids       []*node
}

func (n *node) child(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return &node{}
}

const maxDepth = 64

// readXML reads one document.
func readXML(r io.Reader) (*node, error) {
	root := &node{}
	stack := []*node{root}
	for d := xml.NewDecoder(r); ; {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch x := t.(type) {
		case xml.StartElement:
			if len(stack) > maxDepth {
				return nil, errors.New("sim: elements are too deep")
			}
			n := &node{name: x.Name.Local}
			for _, a := range x.Attr {
				switch a.Name.Local {
				case "type":
					_, after, prefixed := strings.Cut(a.Value, ":")
					if n.kind = a.Value; prefixed {
						n.kind = after
					}
				case "nil":
					n.null = a.Value == "true" || a.Value == "1"
				}
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(x)
		}
	}
	if len(root.kids) != 1 {
		return nil, errors.New("sim: not one root element")
	}
	return root.kids[0], nil
}

// soap answers one call of the old face.
func (s *Sim) soap(w http.ResponseWriter, r *http.Request, service, namespace string) {
	s.stamp(w.Header())
	tracking := w.Header().Get("TrackingId")
	body, err := simkit.ReadBody(r)
	var envelope *node
	if err == nil {
		envelope, err = readXML(strings.NewReader(string(body)))
	}
	action := strings.Trim(r.Header.Get("SOAPAction"), `"`)
	op := s.tab.byName[action]
	if err != nil || r.Method != http.MethodPost || simkit.MediaType(r) != "text/xml" || op == nil || op.service != service {
		s.soapFault(w, service, tracking, refuse(100, ""))
		return
	}
	simkit.Annotate(r.Context(), func(c *simkit.Call) { c.Operation, c.Version = op.name, "v13 soap" })
	header := envelope.child("Header")
	for _, name := range []string{"DeveloperToken", "CustomerId", "CustomerAccountId"} {
		r.Header.Set(name, header.child(name).text)
	}
	r.Header.Set("Authorization", "Bearer "+header.child("AuthenticationToken").text)
	c := &call{s: s, op: op, now: s.kit.Clock.Now(), base: baseOf(r)}
	f := s.authenticate(c, r)
	if f == nil {
		f = s.limits.take(c)
	}
	var out answer
	if f == nil {
		out, f = s.soapRun(c, envelope.child("Body").child(op.name+"Request"))
	}
	if f != nil {
		s.soapFault(w, service, tracking, f)
		return
	}
	x := &soapWriter{t: s.tab, asked: flagSet(c.in["ReturnAdditionalFields"])}
	x.envelope(namespace, tracking, func() {
		x.open(op.name+"Response", ` xmlns="`+namespace+`"`)
		for _, p := range out {
			x.value(p.name, parseShape(p.kind), p.value)
		}
		x.end(op.name + "Response")
	})
	x.send(w, http.StatusOK)
}

func (s *Sim) soapRun(c *call, request *node) (answer, *fault) {
	if s.ops[c.op.name] == nil || c.op.in == nil {
		return nil, &fault{status: http.StatusBadRequest, code: 204, message: "The simulator does not serve " + c.op.name + "."}
	}
	raw, ok := s.tab.fromXML(c.op.in, request)
	if !ok {
		return nil, refuse(100, "")
	}
	in, f := s.tab.object(c.op.in, raw, "$")
	if f != nil {
		return nil, f
	}
	c.in = in
	return s.run(c)
}

func (s *Sim) soapFault(w http.ResponseWriter, service, tracking string, f *fault) {
	symbol, message := s.wording(f)
	x := &soapWriter{t: s.tab}
	ns, root, list, item := "https://bingads.microsoft.com/"+service+"/v13", "ApiFaultDetail", "OperationErrors", "OperationError"
	detail := "Details"
	switch {
	case f.general:
		ns, root, list, item, detail = "https://adapi.microsoft.com", "AdApiFaultDetail", "Errors", "AdApiError", "Detail"
	case service == "CustomerManagement":
		ns, root = "https://bingads.microsoft.com/Customer/v13/Exception", "ApiFault"
	}
	x.envelope(ns, tracking, func() {
		x.open("s:Fault", "")
		x.leaf("faultcode", "s:Server")
		x.leaf("faultstring", "Invalid client data. Check the SOAP fault details for more information. TrackingId: "+tracking+".")
		x.open("detail", "")
		x.open(root, ` xmlns="`+ns+`"`)
		x.leaf("TrackingId", tracking)
		x.open(list, "")
		x.open(item, "")
		x.leaf("Code", itoa(int64(f.code)))
		x.leaf(detail, f.details)
		if service != "CustomerManagement" || f.general {
			x.leaf("ErrorCode", symbol)
		}
		x.leaf("Message", message)
		for _, name := range []string{item, list, root, "detail", "s:Fault"} {
			x.end(name)
		}
	})
	x.send(w, http.StatusInternalServerError)
}
