package sim

import "github.com/admux/admux/providers/internal/simkit"

func decodeForTest(raw string) (obj, error) {
	m, err := simkit.DecodeObject([]byte(raw))
	if err != nil {
		return nil, err
	}
	return plain(m).(obj), nil
}
