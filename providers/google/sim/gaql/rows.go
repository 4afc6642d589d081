package gaql

import (
	"slices"
	"strings"
)

// compileRows lays out the JSON of a row: one object per resource with its
// resourceName, metrics, segments.
func (p *Plan) compileRows() {
	root := &node{}
	for _, name := range append([]string{p.from.name}, p.from.joins...) {
		p.compileResource(root, name)
	}
	p.tree = root.children
	if p.fieldsOnly {
		p.tree = p.tree[0].children // rows of GoogleAdsFieldService are the fields themselves
	}
	segments := &node{}
	for i, f := range p.segments {
		place(segments, f, i)
	}
	if len(p.segments) > 0 {
		p.segmentTree = segments.children[0].children
	}
	for _, f := range p.metrics {
		p.metricKeys = append(p.metricKeys, `"`+Camel(strings.TrimPrefix(f.Name, "metrics."))+`":`)
	}
}

// compileResource lays out what the row carries of one resource. The platform
// adds the resource names of FROM, of joined resources with a selected field,
// and of the ad inside an ad_group_ad.
func (p *Plan) compileResource(root *node, name string) {
	var fields []*Field
	nested := false
	for _, f := range p.selected {
		if f.Resource == name {
			fields = append(fields, f)
			nested = nested || strings.HasPrefix(f.Name, "ad_group_ad.ad.")
		}
	}
	from := name == p.from.name
	if len(fields) == 0 && !from {
		return
	}
	all := load().fields
	if !p.omitNames {
		if own := all[name+".resource_name"]; !slices.Contains(fields, own) {
			fields = slices.Insert(fields, 0, own)
		}
		if ad := all["ad_group_ad.ad.resource_name"]; nested && !slices.Contains(fields, ad) {
			fields = slices.Insert(fields, 1, ad)
		}
	}
	top := root.child(name)
	for _, f := range fields {
		p.attributes = append(p.attributes, f)
		place(root, f, len(p.attributes)-1)
		if !from && f.Name == name+".resource_name" {
			top.resource = len(p.attributes) - 1
		}
	}
}

// place puts the field's leaf at its path below root.
func place(root *node, f *Field, index int) {
	parts := strings.Split(f.Name, ".")
	at := root
	for _, part := range parts[:len(parts)-1] {
		at = at.child(part)
	}
	at.children = append(at.children, &node{key: `"` + Camel(parts[len(parts)-1]) + `":`, field: f, index: index, resource: -1})
}

// appendRow writes the row's JSON.
func (p *Plan) appendRow(dst []byte, r *row) []byte {
	dst = append(dst, '{')
	dst = append(dst, r.object.encode(p)...)
	if len(p.metrics) > 0 {
		dst = p.appendMetrics(comma(dst), &r.group.sums)
	}
	if len(p.segments) > 0 {
		dst = append(comma(dst), `"segments":{`...)
		dst = append(appendNodes(dst, p.segmentTree, r.segments(p)), '}')
	}
	return append(dst, '}')
}

func comma(dst []byte) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	return dst
}

// appendMetrics writes the metrics member; absent metrics are left out.
func (p *Plan) appendMetrics(dst []byte, s *Sums) []byte {
	dst = append(dst, `"metrics":{`...)
	for i, f := range p.metrics {
		v := f.metric.value(s, f.additive)
		if v.IsZero() || v.kind == listValue && len(v.list) == 0 {
			continue
		}
		dst = append(comma(dst), p.metricKeys[i]...)
		if f.metric.micro {
			dst = appendMillionths(dst, v.num)
			continue
		}
		dst = appendValue(dst, f, v)
	}
	return append(dst, '}')
}
