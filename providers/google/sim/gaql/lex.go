package gaql

import "strings"

type tokenKind int

const (
	tokenEnd    tokenKind = iota
	tokenWord             // keyword, field, literal
	tokenNumber           // -?digits[.digits]
	tokenString           // text holds the unescaped value
	tokenSymbol           // , ( ) = != > >= < <=
)

type token struct {
	kind tokenKind
	text string
}

// is says whether the token is the keyword: keywords know no case.
func (t token) is(keyword string) bool {
	return t.kind == tokenWord && strings.EqualFold(t.text, keyword)
}

func (t token) symbol(s string) bool { return t.kind == tokenSymbol && t.text == s }

// lex splits the whole query, so that a broken string is reported before
// anything the parser would say.
func lex(text string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '\'' || c == '"':
			value, n, err := lexString(text[i:])
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, token{tokenString, value})
			i += n
		case wordByte(c) || c == '-':
			n := 1
			for i+n < len(text) && (wordByte(text[i+n]) || text[i+n] == '.') {
				n++
			}
			t, err := lexWord(text[i : i+n])
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, t)
			i += n
		default:
			t, err := lexSymbol(text[i:])
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, t)
			i += len(t.text)
		}
	}
	return tokens, nil
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digit(c)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func lexWord(s string) (token, error) {
	if s[0] != '-' && strings.IndexFunc(s, func(r rune) bool { return r != '.' && !digit(byte(r)) }) >= 0 {
		return token{tokenWord, s}, nil
	}
	if !number(s) {
		return token{}, refuse("BAD_NUMBER", s, "invalid number %s.", s)
	}
	return token{tokenNumber, s}, nil
}

// number checks -?[0-9]+(\.[0-9]+)?
func number(s string) bool {
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	return digits(whole) && (!dotted || digits(fraction))
}

func digits(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return s != ""
}

// lexString reads a quoted string and says how many bytes it took.
func lexString(s string) (string, int, error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case s[0]:
			return b.String(), i + 1, nil
		case '\n', '\r':
			return "", 0, refuse("PROHIBITED_NEWLINE_IN_STRING", s[:i], "a string must not contain a line break.")
		case '\\':
			i++
			if i == len(s) {
				break
			}
			if s[i] != '\'' && s[i] != '"' && s[i] != '\\' {
				return "", 0, refuse("BAD_ESCAPE_SEQUENCE", s[i-1:i+1], "invalid escape sequence %s.", s[i-1:i+1])
			}
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, refuse("STRING_NOT_TERMINATED", s, "the string is not terminated.")
}

func lexSymbol(s string) (token, error) {
	for _, symbol := range []string{"!=", ">=", "<=", "=", ">", "<", ",", "(", ")"} {
		if strings.HasPrefix(s, symbol) {
			return token{tokenSymbol, symbol}, nil
		}
	}
	// The platform reports a star as input it did not expect, not as a bad
	// symbol; the parser says so where it stands.
	if s[0] == '*' {
		return token{tokenSymbol, "*"}, nil
	}
	if s[0] == '!' {
		return token{}, refuse("BAD_OPERATOR", "!", "invalid operator !.")
	}
	r := []rune(s[:min(len(s), 4)])[0]
	return token{}, refuse("BAD_SYMBOL", string(r), "invalid symbol %q.", r)
}
