// Package providers is the seam between the gateway and the ad platforms. A platform is a foreign advertising API; a
// Provider is our adapter of one platform: a declaration (what it is, how it authorizes, what it can do) plus functions
// that turn its wire into the objects and rows of package normalize. The gateway owns everything that is the same on
// every platform. A provider never sees a caller; the gateway never sees a platform's name.
package providers
