package providers

// Registry is an ordered set of providers by id. The composition root makes it; nothing registers itself.
type Registry struct {
	list []Provider
	byID map[string]Provider
}

// NewRegistry keeps the order given. Of two providers with one id the first wins.
func NewRegistry(list ...Provider) *Registry {
	r := &Registry{byID: make(map[string]Provider, len(list))}
	for _, p := range list {
		id := p.Spec().ID
		if _, dup := r.byID[id]; dup {
			continue
		}
		r.byID[id] = p
		r.list = append(r.list, p)
	}
	return r
}

// All lists the providers in order.
func (r *Registry) All() []Provider { return append([]Provider(nil), r.list...) }

// Get returns the provider of an integration type.
func (r *Registry) Get(id string) (Provider, bool) {
	p, ok := r.byID[id]
	return p, ok
}

// IDs lists the integration types in order.
func (r *Registry) IDs() []string {
	ids := make([]string, len(r.list))
	for i, p := range r.list {
		ids[i] = p.Spec().ID
	}
	return ids
}
