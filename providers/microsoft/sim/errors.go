package sim

import (
	"net/http"
	"strconv"
)

// obj is one JSON object, its longs as digits in text.
type obj = map[string]any

// fault is a refusal of a whole call. Its envelope follows its service and kind.
type fault struct {
	status  int
	code    int
	symbol  string // empty: the table's
	details string
	message string
	general bool // authentication, throttling: the envelope with Errors
}

func general(status, code int, message string) *fault {
	return &fault{status: status, code: code, message: message, general: true}
}

// refuse is an operation refused, HTTP 400.
func refuse(code int, details string) *fault {
	return &fault{status: http.StatusBadRequest, code: code, details: details}
}

// unparsable is what a body that does not deserialize gets. The shape is from a
// quoted real answer; that it holds for all such bodies is assumed.
func unparsable(path string) *fault {
	return &fault{status: http.StatusBadRequest, code: 100, message: "The request message is null.",
		details: "Invalid JSON at line 0 position " + strconv.Itoa(17+len(path)) + ". Path: " + path}
}

// messages are the words of the faults met most; the rest say their symbol.
var messages = map[int]string{
	105:  "Authentication failed. Either supplied credentials are invalid or the account is inactive",
	106:  "User is not authorized to perform this operation.",
	109:  "Authentication token expired. Please renew it or obtain a new token.",
	116:  "The request is missing one or more required headers.",
	117:  "You have exceeded the number of calls allowed per minute.",
	207:  "The number of concurrent report requests exceeds the limit.",
	1102: "The account ID is invalid.",
	1115: "A campaign with the specified name already exists in the account.",
	4204: "No more calls are permitted for the time period.",
}

func (s *Sim) wording(f *fault) (symbol, message string) {
	symbol = f.symbol
	if symbol == "" {
		symbol = s.tab.symbol(f.code)
	}
	message = f.message
	if message == "" {
		message = messages[f.code]
	}
	if message == "" {
		message = "The request was refused: " + symbol + "."
	}
	return symbol, message
}

// envelope is the body of a fault of a service.
func (s *Sim) envelope(service, tracking string, f *fault) obj {
	symbol, message := s.wording(f)
	var details any
	if f.details != "" {
		details = f.details
	}
	switch {
	case f.general:
		return obj{"Errors": []any{obj{"Code": f.code, "Detail": details, "ErrorCode": symbol, "Message": message}},
			"TrackingId": tracking, "Type": "AdApiFaultDetail"}
	case service == "CustomerManagement":
		return obj{"OperationErrors": []any{obj{"Code": f.code, "Details": details, "Message": message}},
			"TrackingId": tracking, "Type": "ApiFault"}
	}
	return obj{"BatchErrors": []any{}, "OperationErrors": []any{obj{"Code": f.code, "Details": details, "ErrorCode": symbol, "Message": message}},
		"TrackingId": tracking, "Type": "ApiFaultDetail"}
}

// itemError is one error of a batch, inside HTTP 200.
type itemError struct {
	code    int
	field   string
	details string
}

func bad(code int, field string) *itemError { return &itemError{code: code, field: field} }

func (s *Sim) batchError(e *itemError, index int) obj {
	symbol, message := s.wording(&fault{code: e.code})
	o := obj{"Code": e.code, "ErrorCode": symbol, "Message": message, "Index": index, "Type": "BatchError",
		"ForwardCompatibilityMap": []any{}}
	if e.field != "" {
		o["FieldPath"] = e.field
	}
	if e.details != "" {
		o["Details"] = e.details
	}
	return o
}

// nested wraps an error as criterions report it.
func (s *Sim) nested(e *itemError, index int) obj {
	o := s.batchError(e, index)
	o["BatchErrors"], o["Type"] = []any{}, "BatchErrorCollection"
	return o
}
