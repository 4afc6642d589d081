package google

import "github.com/admux/admux/providers"

// codeKinds is what a code means, whatever its HTTP status. Families are named where the same code means something else
// in another one. https://developers.google.com/google-ads/api/docs/get-started/common-errors
var codeKinds = map[string]providers.Kind{
	// The token: a new one may do.
	"OAUTH_TOKEN_EXPIRED": providers.Unauthorized, "OAUTH_TOKEN_INVALID": providers.Unauthorized, "OAUTH_TOKEN_HEADER_INVALID": providers.Unauthorized,
	"ACCESS_TOKEN_EXPIRED": providers.Unauthorized, "ACCESS_TOKEN_TYPE_UNSUPPORTED": providers.Unauthorized, "CREDENTIALS_MISSING": providers.Unauthorized,
	// The person: only they can help.
	"OAUTH_TOKEN_REVOKED": providers.Unauthorized, "OAUTH_TOKEN_DISABLED": providers.Unauthorized, "GOOGLE_ACCOUNT_DELETED": providers.Unauthorized,
	"NOT_ADS_USER": providers.Unauthorized, "TWO_STEP_VERIFICATION_NOT_ENROLLED": providers.Unauthorized, "ADVANCED_PROTECTION_NOT_ENROLLED": providers.Unauthorized,
	// The account is closed to us, the token is good.
	"CUSTOMER_NOT_ENABLED": providers.Forbidden, "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT": providers.Forbidden,
	"USER_PERMISSION_DENIED": providers.Forbidden, "ACTION_NOT_PERMITTED": providers.Forbidden, "ACCESS_DENIED_FOR_ACCOUNT_TYPE": providers.Forbidden,
	"INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION": providers.Forbidden,
	// The operator's app.
	"CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION": providers.Forbidden, "PROJECT_DISABLED": providers.Forbidden, "SERVICE_DISABLED": providers.Forbidden,
	"ACCESS_TOKEN_SCOPE_INSUFFICIENT": providers.Forbidden, "CLOUD_PROJECT_NOT_FOUND": providers.Forbidden, "SERVICE_ACCESS_DENIED": providers.Forbidden,
	"METRIC_ACCESS_DENIED": providers.Forbidden,
	"UNSUPPORTED_VERSION":  providers.Unsupported,

	"CUSTOMER_NOT_FOUND": providers.NotFound, "RESOURCE_NOT_FOUND": providers.NotFound, "NOT_FOUND": providers.NotFound,

	"CAMPAIGN_BUDGET_IN_USE": providers.Conflict, "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE": providers.Conflict,
	"CONCURRENT_MODIFICATION": providers.Conflict,

	"RESOURCE_TEMPORARILY_EXHAUSTED": providers.RateLimited, "RESOURCE_EXHAUSTED": providers.RateLimited,
	"ACCESS_PROHIBITED": providers.RateLimited, "PAYMENTS_PROFILE_ACTIVATION_RATE_LIMIT_EXCEEDED": providers.RateLimited,
	"EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION": providers.RateLimited, "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION": providers.RateLimited,

	"INTERNAL_ERROR": providers.Unavailable, "TRANSIENT_ERROR": providers.Unavailable,
	"DEADLINE_EXCEEDED": providers.Timeout, "RPC_DEADLINE_TOO_SHORT": providers.Timeout,
}

// final are errors that another attempt, or another token, would end the same.
var final = map[string]bool{
	"OAUTH_TOKEN_REVOKED": true, "OAUTH_TOKEN_DISABLED": true, "GOOGLE_ACCOUNT_DELETED": true, "NOT_ADS_USER": true,
	"TWO_STEP_VERIFICATION_NOT_ENROLLED": true, "ADVANCED_PROTECTION_NOT_ENROLLED": true,
	"EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION": true, "ACCESS_PROHIBITED": true, "PAYMENTS_PROFILE_ACTIVATION_RATE_LIMIT_EXCEEDED": true,
}

// familyKinds is what a family of errors means where no code of it says otherwise. The others are rules of the platform.
var familyKinds = map[string]providers.Kind{
	"queryError": providers.Invalid, "requestError": providers.Invalid, "fieldError": providers.Invalid,
	"fieldMaskError": providers.Invalid, "headerError": providers.Invalid,
	"authenticationError": providers.Unauthorized, "authorizationError": providers.Forbidden,
	"quotaError": providers.RateLimited, "internalError": providers.Unavailable,
}

// statusKinds is what an HTTP status means when no code says otherwise.
var statusKinds = map[int]providers.Kind{
	400: providers.Invalid, 401: providers.Unauthorized, 403: providers.Forbidden, 404: providers.NotFound, 405: providers.Unsupported,
	408: providers.Timeout, 409: providers.Conflict, 429: providers.RateLimited, 499: providers.Unavailable,
	501: providers.Unsupported, 504: providers.Timeout,
}
