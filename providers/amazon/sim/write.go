package sim

func (s *Sim) createModern(c *call) (any, *fault) { return nil, nil }
func (s *Sim) updateModern(c *call) (any, *fault) { return nil, nil }
func (s *Sim) deleteModern(c *call) (any, *fault) { return nil, nil }
func (s *Sim) createOld(c *call) (any, *fault)    { return nil, nil }
func (s *Sim) updateOld(c *call) (any, *fault)    { return nil, nil }
func (s *Sim) deleteOld(c *call) (any, *fault)    { return nil, nil }
func (s *Sim) createThird(c *call) (any, *fault)  { return nil, nil }
func (s *Sim) updateThird(c *call) (any, *fault)  { return nil, nil }
