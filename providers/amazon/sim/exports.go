package sim

type exportDesk struct{}

const exportBucket = "snapshots-prod-us-east-1"

func newExportDesk() *exportDesk        { return &exportDesk{} }
func (s *Sim) exportRoutes(adder)       {}
func (s *Sim) exportFile(string) []byte { return nil }
func (s *Sim) creativeRoutes(adder)     {}
func (s *Sim) searchRoutes(adder)       {}
func (s *Sim) usageRoutes(adder)        {}
