package providers

import "testing"

func TestWritable(t *testing.T) {
	t.Parallel()
	c := Collection[int]{Fields: []Field{{Name: "name"}, {Name: "targeting.geographic"}}}
	for path, want := range map[string]string{
		"name": "name", "names": "", "targeting": "", "targeting.geographic": "targeting.geographic",
		"targeting.geographic.countries": "targeting.geographic", "targeting.geographical": "", "": "",
	} {
		if f, ok := c.Writable(path); f.Name != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", path, f.Name, ok, want)
		}
	}
	w := Write[int]{Set: []string{"name", "targeting.geographic.countries"}}
	for name, want := range map[string]bool{"name": true, "targeting": true, "targeting.geographic": true, "targeting.language": false, "status": false} {
		if w.Changed(name) != want {
			t.Errorf("Changed(%q) is %v", name, !want)
		}
	}
}
