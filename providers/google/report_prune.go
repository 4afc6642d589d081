package google

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/providers"
)

// fieldInfo is what Google says of a resource: which metrics and segments go with it.
// https://developers.google.com/google-ads/api/docs/concepts/field-service
type fieldInfo struct {
	Metrics  []string `json:"metrics"`
	Segments []string `json:"segments"`
}

// prune looks up what a resource has when Google refuses a query for a field that it has not, and takes the others out.
// Which version has which metric for which resource changes; a report must not fail for one number that is not there,
// nor give it as zero. It tells whether to ask again.
func (r *run) prune(ctx context.Context, p *pass, refusal error) (bool, error) {
	e, ok := errors.AsType[*providers.Error](refusal)
	if !ok || p.pruned || !strings.HasPrefix(e.Code, "queryError.PROHIBITED_") && e.Code != "queryError.UNRECOGNIZED_FIELD" {
		return false, nil
	}
	p.pruned = true
	info, err := r.fieldInfo(ctx, p.from)
	if err != nil {
		return false, errors.Join(refusal, err)
	}
	if p.asset && slices.ContainsFunc(p.fields, func(f reportField) bool { return segment(f) && !slices.Contains(info.Segments, f.name) }) {
		p.left = true
		r.left("Google does not split Performance Max asset groups so: they are left out")
		return true, nil
	}
	n := len(p.fields)
	p.fields = slices.DeleteFunc(p.fields, func(f reportField) bool {
		gone := f.number && !slices.Contains(info.Metrics, f.name)
		if gone && p.kept[f.column] {
			r.without(p, f.column)
		}
		return gone
	})
	if len(p.fields) == n {
		return false, nil // it is something else
	}
	p.ready()
	p.left = !slices.ContainsFunc(p.fields, func(f reportField) bool { return f.number })
	return true, nil
}

func segment(f reportField) bool { return strings.HasPrefix(f.name, "segments.") }

// fieldInfo asks for what goes with a resource.
func (r *run) fieldInfo(ctx context.Context, resource string) (*fieldInfo, error) {
	login, err := r.c.loginFor(ctx, r.part.Org.ID)
	if err != nil {
		return nil, err
	}
	req, err := r.c.request("googleAdsFields/"+url.PathEscape(resource), r.part.Org.ID, login, nil)
	if err != nil {
		return nil, err
	}
	info := new(fieldInfo)
	_, err = r.c.rest.JSON(ctx, req, info)
	return info, err
}

// without takes the number from the KPIs that are made of a column.
func (r *run) without(p *pass, c figure) {
	for i := range r.s.metrics {
		m := &r.s.metrics[i]
		if r.s.absent[i] || !slices.Contains(m.columns(), c) {
			continue
		}
		if p.asset {
			r.left("Google does not tell this of Performance Max asset groups: " + string(m.kpi))
			continue
		}
		r.s.absent[i] = true
		r.meta.Unsupported = append(r.meta.Unsupported, m.kpi)
	}
}
