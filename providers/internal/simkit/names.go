package simkit

import "fmt"

// The odd names come first, so that the smallest world has them all: emoji,
// commas, quotes, newlines, markup, right-to-left text and a formula that a
// spreadsheet would run.
var (
	campaignNames = []string{
		"Default Campaign", "Winter 2026 ❄️, DACH", "He said \"buy\"", "Line one\nline two",
		"<b>Bold</b> & co; 50 % off", "=SUM(A1:A9)", "مرحبا بالعالم", "Tabs\tand \\ slashes", "Brand always-on", "Launch Q3",
	}
	groupNames = []string{
		"DACH CFO traffic", "Retargeting, 30 days", "Köln & Düsseldorf 🍺", "\"Quoted\" audience",
		"Two\nlines", "Lookalike 1%", "Job titles: VP/CXO", "日本語の名前", "Engagers", "Broad",
	}
	adNames = []string{
		"CFO image A", "Video, 15 s 🎬", "Card \"three\"", "First\nsecond", "PDF guide (v2)",
		"A/B test B", "Ünïcödé", "Hook: price", "Hook: speed", "Testimonial",
	}
	titles = []string{
		"Close the books faster", "Try it, free", "\"Finally!\"", "100 % less paper 📄", "Save\ntime",
	}
	bodies = []string{
		"Close the books faster (really)", "Commas, quotes \" and\nnewlines", "Emoji 🎉 & ampersand",
		"Über 1.000 Kunden", "Short",
	}
	ctas = []string{"LEARN_MORE", "SIGN_UP", "DOWNLOAD", "REGISTER", "REQUEST_DEMO"}
)

func name(from []string, n int) string {
	s := from[n%len(from)]
	if r := n / len(from); r > 0 {
		return fmt.Sprintf("%s #%d", s, r+1)
	}
	return s
}
