package simkit

// Hash mixes its parts into 64 well spread bits (splitmix64 rounds). Everything
// the world draws comes from it, so that a fact costs no memory and the same
// seed gives the same world on every machine.
func Hash(parts ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, p := range parts {
		h = mix(h ^ p)
	}
	return h
}

func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// HashString folds a text into a hash part.
func HashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// between draws an integer of [lo, hi] from h.
func between(h uint64, lo, hi int64) int64 {
	return lo + int64(h%uint64(hi-lo+1))
}

// share is the part of n that ppm millionths of it make, rounded up or down by
// chance so that small numbers keep their average. It never exceeds n while
// ppm is at most one million.
func share(n, ppm int64, h uint64) int64 {
	return (n*ppm + int64(h%1_000_000)) / 1_000_000
}
