package gaql

import "fmt"

// Error is a refusal of a query. Every one travels with HTTP 400.
type Error struct {
	// Family is the key of errorCode on the wire: "queryError", "changeStatusError"…
	Family string
	// Code is the platform's constant: "UNRECOGNIZED_FIELD".
	Code string
	// Message is for people.
	Message string
	// Trigger is the offending piece of the query, empty when there is none.
	Trigger string
}

// Error is family, code and message.
func (e *Error) Error() string {
	return "gaql: " + e.Family + "." + e.Code + ": " + e.Message
}

// refuse is a queryError.
func refuse(code, trigger, format string, args ...any) *Error {
	return &Error{Family: "queryError", Code: code, Trigger: trigger, Message: "Error in query: " + fmt.Sprintf(format, args...)}
}

func unrecognized(name string) *Error {
	return &Error{Family: "queryError", Code: "UNRECOGNIZED_FIELD", Trigger: name,
		Message: "Unrecognized field in the query: '" + name + "'."}
}
