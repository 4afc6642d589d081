package sim

import "net/http"

type assetDesk struct{}

const uploadBucket = "al-na-9d5791cf-3faf"

func newAssetDesk() *assetDesk     { return &assetDesk{} }
func (s *Sim) assetRoutes(adder)   {}
func (s *Sim) seedAssets(*profile) {}
func assetID(p *profile, n int) string {
	return "amzn1.assetlibrary.asset1." + itoa(p.id) + itoa(int64(n))
}
func (s *Sim) takeUpload(http.ResponseWriter, *http.Request, string) {}
