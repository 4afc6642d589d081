package connections

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/admux/admux/gateway/problem"
)

const (
	maxXref        = 256
	maxEnvironment = 128
)

// input is the body of a request that creates or changes a connection. A nil field is absent; null is present and zero.
type input struct {
	integration *string
	categories  *[]string
	permissions *[]string
	environment *string
	xref        *string
	paused      *bool
	auth        *authInput
	keeper      bool // a secrets manager is asked for
}

// authInput is the contract's PropertyConnectionAuth, as far as it can come in.
type authInput struct {
	AccessToken             string         `json:"access_token"`
	RefreshToken            string         `json:"refresh_token"`
	ExpiresIn               *float64       `json:"expires_in"`
	ExpiryDate              *time.Time     `json:"expiry_date"`
	RefreshTokenExpiresIn   *float64       `json:"refresh_token_expires_in"`
	RefreshTokenExpiresDate *time.Time     `json:"refresh_token_expires_date"`
	ClientID                string         `json:"client_id"`
	ClientSecret            string         `json:"client_secret"`
	DevAPIKey               string         `json:"dev_api_key"`
	Name                    string         `json:"name"`
	Emails                  []string       `json:"emails"`
	UserID                  string         `json:"user_id"`
	Meta                    map[string]any `json:"meta"`
	APIURL                  string         `json:"api_url"`
	AuthorizeURL            string         `json:"authorize_url"`
	TokenURL                string         `json:"token_url"`
	RefreshURL              string         `json:"refresh_url"`
	// Of the contract, for platforms of other kinds: refused by name.
	AppID          string   `json:"app_id"`
	Audience       string   `json:"audience"`
	ConsumerKey    string   `json:"consumer_key"`
	ConsumerSecret string   `json:"consumer_secret"`
	Key            string   `json:"key"`
	OtherAuthInfo  []string `json:"other_auth_info"`
	Pem            string   `json:"pem"`
	State          string   `json:"state"`
	Token          string   `json:"token"`
}

// readOnly fields may be sent along, as a connection that was read holds them, and change nothing.
var readOnly = []string{"id", "workspace_id", "integration_name", "auth_expires_at", "last_healthy_at", "last_unhealthy_at", "last_unhealthy_code", "created_at", "updated_at"}

// faults collects what is wrong with a body, a field at a time.
type faults []problem.Field

func (f *faults) add(field, message string) {
	*f = append(*f, problem.Field{Field: field, In: "body", Message: message})
}

// err is nil when nothing is wrong.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return problem.InvalidFields(f...)
}

// parseInput reads a body. Every fault is told at once, and no message repeats a value.
func parseInput(body []byte) (input, error) {
	var in input
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil || raw == nil {
		return in, problem.InvalidFields(problem.Field{Field: "body", In: "body", Message: "must be one JSON object"})
	}
	var f faults
	for name, value := range raw {
		in.field(&f, name, value)
	}
	slices.SortFunc(f, func(a, b problem.Field) int { return strings.Compare(a.Field, b.Field) })
	return in, f.err()
}

func (in *input) field(f *faults, name string, value json.RawMessage) {
	switch name {
	case "integration_type":
		in.integration = decode[string](f, name, value, "must be text")
	case "categories":
		in.categories = decode[[]string](f, name, value, "must be a list of text")
	case "permissions":
		in.permissions = decode[[]string](f, name, value, "must be a list of text")
		if in.permissions != nil && slices.ContainsFunc(*in.permissions, func(p string) bool { return !slices.Contains(permissions, p) }) {
			f.add(name, "holds one that is not known: "+strings.Join(permissions, ", "))
		}
	case "environment":
		in.environment = shortText(f, name, value, maxEnvironment)
	case "external_xref":
		in.xref = shortText(f, name, value, maxXref)
	case "is_paused":
		in.paused = decode[bool](f, name, value, "must be true or false")
	case "auth":
		in.authField(f, value)
	case "secretsmanager_id", "secretsmanager_key":
		v := decode[string](f, name, value, "must be text")
		in.keeper = in.keeper || v != nil && *v != ""
	default:
		if !slices.Contains(readOnly, name) {
			f.add(printable(name, 64), "is not a field of a connection")
		}
	}
}

func (in *input) authField(f *faults, value json.RawMessage) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(value, &raw); err != nil {
		f.add("auth", "must be an object")
		return
	}
	if len(raw) == 0 {
		return // nothing to change: null does not take tokens away, deleting the connection does
	}
	in.auth = &authInput{}
	for name, v := range raw {
		// One field at a time, so that a fault names its field.
		one, _ := json.Marshal(map[string]json.RawMessage{name: v})
		d := json.NewDecoder(bytes.NewReader(one))
		d.DisallowUnknownFields()
		if err := d.Decode(in.auth); err != nil {
			f.add("auth."+printable(name, 64), "is not a field of auth, or not of its type")
		}
	}
}

// decode returns nil, and a fault, for a value of another type. null is the zero value.
func decode[T any](f *faults, name string, value json.RawMessage, message string) *T {
	v := new(T)
	if err := json.Unmarshal(value, v); err != nil {
		f.add(name, message)
		return nil
	}
	return v
}

func shortText(f *faults, name string, value json.RawMessage, most int) *string {
	v := decode[string](f, name, value, "must be text")
	if v != nil && !storable(*v, most) {
		f.add(name, "is too long, or holds characters that text does not have")
	}
	return v
}

// storable tells whether both databases take a text as it is.
func storable(s string, most int) bool {
	return utf8.RuneCountInString(s) <= most && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}
