package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// figure is one line of the table.
type figure struct {
	id, what     string
	ours, beside string
	ratio        float64 // 0: there is none
	goal         string
	met          bool
}

// table collects the figures of a run.
type table struct{ figures []figure }

func (t *table) add(f figure) { t.figures = append(t.figures, f) }

// print writes the table. A goal that is missed is told, and is no error: the figures are of this machine at this moment.
func (t *table) print(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "\twhat\tadmux\tbeside it\tratio\tgoal\t")
	for _, f := range t.figures {
		ratio, verdict := "", "missed"
		if f.ratio > 0 {
			ratio = fmt.Sprintf("%.2f", f.ratio)
		}
		if f.met {
			verdict = "met"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.id, f.what, f.ours, f.beside, ratio, f.goal, verdict)
	}
	return tw.Flush()
}
