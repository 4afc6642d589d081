package wire

import "testing"

func TestUpperSnake(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "--": "", "feed": "FEED", "instagram_stories": "INSTAGRAM_STORIES", "LinkedIn Feed, top": "LINKEDIN_FEED_TOP",
		" a  b ": "A_B", "55+": "55",
	} {
		if got := UpperSnake(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := UpperSnake("Épée 1"); got != "ÉPéE_1" { // letters outside ASCII stay as they are
		t.Errorf("%q", got)
	}
}
