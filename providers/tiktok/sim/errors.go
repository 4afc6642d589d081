package sim

import "fmt"

// apiError is a refused call. It travels with HTTP status 200.
type apiError struct {
	Code    int
	Message string
	Data    any // nil is {}
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Message) }

// The codes that the simulator answers with.
const (
	codeParam        = 40002
	codePermission   = 40001
	codeVersion      = 40006
	codeNotFound     = 40007
	codeNotInSandbox = 40008
	codeTooManyIDs   = 40011
	codeDuplicate    = 40050
	codeAppRate      = 40100
	codeApp          = 40101
	codeExpired      = 40102
	codeNoToken      = 40104
	codeBadToken     = 40105
	codeBadRefresh   = 40107
	codeAuthCode     = 40110
	codeAppToken     = 40113
	codeAllowList    = 40118
	codeAccountRate  = 40133
	codeNotReady     = 40201
	codeConflict     = 40202
	codeSignature    = 40900
	codeTranscoding  = 40901
	codeURL          = 40903
	codeNoFile       = 40905
	codeEmptyFile    = 40906
	codeBigFile      = 40907
	codeFileType     = 40908
	codeFileExpired  = 40910
	codeFileName     = 40911
)

func refuse(code int, format string, args ...any) *apiError {
	return &apiError{Code: code, Message: fmt.Sprintf(format, args...)}
}

// badParam is the validation error: the field is named in the text alone.
func badParam(format string, args ...any) *apiError { return refuse(codeParam, format, args...) }

func missing(name string) *apiError { return badParam("Missing required field(s): %s.", name) }

// noAdvertiser is what an account that is not there, was not granted or is
// somebody else's all look like.
func noAdvertiser(id string) *apiError {
	return refuse(codePermission, "advertiser %s doesn't exist or has been deleted.", id)
}
