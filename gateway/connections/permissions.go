package connections

import (
	"slices"
	"strings"
)

// permissions are what a connection may be used for, as the contract names them.
var permissions = []string{
	"ads_ad_read", "ads_ad_write", "ads_campaign_read", "ads_campaign_write", "ads_group_read", "ads_group_write",
	"ads_report_read", "ads_organization_read", "ads_organization_write", "ads_creative_read", "ads_creative_write",
	"ads_asset_read", "ads_asset_write", "ads_insertionorder_read", "ads_insertionorder_write", "ads_target_read", "ads_promoted_read",
}

// Permissions are all that a connection may be used for.
func Permissions() []string { return slices.Clone(permissions) }

// category is what every connection of this gateway is for.
const category = "ads"

// defaultEnvironment is where a connection is filed unless somebody says otherwise.
const defaultEnvironment = "Production"

// readPermissions are all that reading needs: what a connection gets when nothing was asked for.
func readPermissions() []string {
	return slices.DeleteFunc(slices.Clone(permissions), func(p string) bool { return !strings.HasSuffix(p, "_read") })
}

// splitScopes tells permissions of the contract from scopes of the platform. It returns what is neither.
func splitScopes(asked, known []string) (granted, scopes, unknown []string) {
	for _, s := range asked {
		switch {
		case slices.Contains(permissions, s):
			granted = append(granted, s)
		case slices.Contains(known, s):
			scopes = append(scopes, s)
		default:
			unknown = append(unknown, s)
		}
	}
	return granted, scopes, unknown
}
