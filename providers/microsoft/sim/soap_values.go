package sim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
)

// fromXML turns an element into the JSON that the same request would be.
func (t *tables) fromXML(c *class, n *node) (obj, bool) {
	out := obj{}
	for _, k := range n.kids {
		p := c.byName[k.name]
		if p == nil {
			return nil, false
		}
		if k.null || len(k.kids) == 0 && strings.TrimSpace(k.text) == "" && p.of.kind != "string" {
			continue
		}
		v, ok := t.valueXML(p.of, k)
		if !ok {
			return nil, false
		}
		out[k.name] = v
	}
	return out, true
}

func (t *tables) valueXML(s *shape, n *node) (any, bool) {
	text := strings.TrimSpace(n.text)
	switch s.kind {
	case "array":
		out := []any{}
		for _, k := range n.kids {
			if k.null {
				out = append(out, nil)
				continue
			}
			v, ok := t.valueXML(s.elem, k)
			if !ok {
				return nil, false
			}
			out = append(out, v)
		}
		return out, true
	case "object":
		return t.objectXML(s, n)
	case "int", "double":
		return json.Number(text), text != ""
	case "boolean":
		return text == "true" || text == "1", true
	case "flags":
		return strings.Join(strings.Fields(text), ","), !strings.Contains(text, ",")
	case "string":
		return n.text, true
	}
	return text, true
}

// objectXML finds the class by i:type, which stands for the discriminator.
func (t *tables) objectXML(s *shape, n *node) (any, bool) {
	c := t.classes[s.name]
	disc := ""
	if s.name == "ReportRequest" {
		disc = n.kind
	} else if n.kind != "" && t.family[s.name] != nil {
		if x := t.classes[n.kind]; x != nil && x.base == s.name {
			c, disc = x, x.disc
		}
	}
	if c == nil {
		return nil, false
	}
	o, ok := t.fromXML(c, n)
	if ok && disc != "" {
		o["Type"] = disc
	}
	return o, ok
}

// soapWriter writes an envelope.
type soapWriter struct {
	t     *tables
	b     strings.Builder
	asked map[string]bool
}

const arraysNS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"

func (x *soapWriter) open(name, attrs string) { x.b.WriteString("<" + name + attrs + ">") }
func (x *soapWriter) end(name string)         { x.b.WriteString("</" + name + ">") }

func (x *soapWriter) leaf(name, text string) {
	x.open(name, "")
	xml.EscapeText(&x.b, []byte(text))
	x.end(name)
}

func (x *soapWriter) envelope(namespace, tracking string, body func()) {
	x.open("s:Envelope", ` xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:a="`+arraysNS+`"`)
	x.open("s:Header", "")
	x.open("h:TrackingId", ` xmlns:h="`+namespace+`"`)
	x.b.WriteString(tracking)
	x.end("h:TrackingId")
	x.end("s:Header")
	x.open("s:Body", "")
	body()
	x.end("s:Body")
	x.end("s:Envelope")
}

func (x *soapWriter) send(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte(x.b.String())) // a client that left is no error of ours
}

func (x *soapWriter) value(name string, s *shape, v any) {
	switch y := v.(type) {
	case nil:
		x.b.WriteString("<" + name + ` i:nil="true"/>`)
	case []any:
		x.open(name, "")
		for _, e := range y {
			x.value(itemName(s.elem), s.elem, e)
		}
		x.end(name)
	case obj:
		x.object(name, s, y)
	case string:
		if s.kind == "flags" {
			y = strings.ReplaceAll(strings.ReplaceAll(y, " ", ""), ",", " ")
		}
		x.leaf(name, y)
	default:
		x.leaf(name, fmt.Sprint(y))
	}
}

// itemName is the element of a list's items.
func itemName(s *shape) string {
	switch s.kind {
	case "object", "enum", "flags":
		return strings.TrimSuffix(s.name, "Base")
	case "long", "string":
		return "a:" + s.kind
	}
	return s.kind
}

func (x *soapWriter) object(name string, s *shape, o obj) {
	disc, _ := o["Type"].(string)
	c := x.t.find(s.name, disc)
	if c == nil {
		x.b.WriteString("<" + name + ` i:nil="true"/>`)
		return
	}
	attrs := ""
	if c.name != s.name {
		attrs = ` i:type="` + c.name + `"`
	}
	x.open(name, attrs)
	for i := range c.props {
		p := &c.props[i]
		v, has := o[p.name]
		if !p.optional || x.t.wanted(c, p, x.asked, has) {
			x.value(p.name, p.of, v)
		}
	}
	x.end(name)
}
