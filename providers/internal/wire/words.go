package wire

// UpperSnake writes a platform's word in capitals, with one underscore for whatever lies between letters and digits:
// "LinkedIn Feed, top" is "LINKEDIN_FEED_TOP". A text without letters and digits is "".
func UpperSnake(s string) string {
	out := make([]byte, 0, len(s))
	gap := false
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if (c < 'A' || 'Z' < c) && (c < '0' || '9' < c) && c < 0x80 {
			gap = len(out) > 0
			continue
		}
		if gap {
			out = append(out, '_')
			gap = false
		}
		out = append(out, c)
	}
	return string(out)
}
