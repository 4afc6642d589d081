package sim

import (
	_ "embed"
	"encoding/json"
	"strconv"
)

//go:embed tables.json
var tablesText []byte

// tables are the published report types, money limits and marketplaces.
type tables struct {
	Reports      map[string]*reportType       `json:"reports"`
	Limits       map[string]*marketLimits     `json:"limits"`
	Marketplaces map[string]map[string]string `json:"marketplaces"`
}

// reportType is what a reportTypeId takes.
type reportType struct {
	AdProduct string                 `json:"adProduct"`
	Range     int                    `json:"range"`
	Retention int                    `json:"retention"`
	TimeUnits []string               `json:"timeUnits"`
	GroupBy   []string               `json:"groupBy"`
	Formats   []string               `json:"formats"`
	Columns   []string               `json:"columns"`
	Groups    map[string]reportGroup `json:"groups"`
}

type reportGroup struct {
	Columns []string            `json:"columns"`
	Filters map[string][]string `json:"filters"`
}

// marketLimits are a marketplace's bids (least, most) and budgets (daily least
// and most, lifetime least and most), by ad product.
type marketLimits struct {
	Bids    map[string][2]float64 `json:"bids"`
	Budgets map[string][4]float64 `json:"budgets"`
}

func loadTables() *tables {
	t := &tables{}
	if err := json.Unmarshal(tablesText, t); err != nil {
		panic(err) // the file is part of the program
	}
	return t
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
