package google

import (
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// dates are days of the account: a campaign of Google's begins with a day and ends with one.
func (w campaignWrites) dates(a account, o *normalize.Campaign, changed func(string) bool, v *changes) error {
	loc, err := zoneOf(a)
	if err != nil {
		return err
	}
	if o.StartAt != nil && o.EndAt != nil && !o.EndAt.After(*o.StartAt) {
		return fault(providers.Rejected, "end_at", "end_at must be after start_at")
	}
	day := func(field string, t time.Time) (normalize.Day, error) {
		d := normalize.DayOf(t.In(loc))
		if !d.Start(loc).Equal(t) {
			return d, fault(providers.Rejected, field, "%s must be the beginning of a day in the account's zone, %s", field, a.Zone)
		}
		return d, nil
	}
	if o.StartAt != nil && (changed == nil || changed("start_at")) {
		d, err := day("start_at", *o.StartAt)
		if err != nil {
			return err
		}
		v.set("startDateTime", d.String()+" 00:00:00")
	}
	if changed != nil && !changed("end_at") || changed == nil && o.EndAt == nil {
		return nil
	}
	if o.EndAt == nil {
		v.set("endDateTime", nil)
		return nil
	}
	d, err := day("end_at", *o.EndAt)
	if err == nil {
		v.set("endDateTime", d.Add(-1).String()+" 23:59:59")
	}
	return err
}

func (w campaignWrites) changedDates(a account, in providers.Write[normalize.Campaign], known sharedRow, v *changes) error {
	same := func(a, b *time.Time) bool { return a == nil && b == nil || a != nil && b != nil && a.Equal(*b) }
	o, was := &in.Object, in.Before
	changed := map[string]bool{
		"start_at": in.Changed("start_at") && !same(o.StartAt, was.StartAt), "end_at": in.Changed("end_at") && !same(o.EndAt, was.EndAt),
	}
	switch {
	case changed["start_at"] && (o.StartAt == nil || was.StartAt != nil && !was.StartAt.After(w.now())):
		return fault(providers.Rejected, "start_at", "a campaign has a start_at, which cannot be moved any more once it has begun")
	case changed["end_at"] && o.EndAt == nil && known.CampaignBudget.Period == "CUSTOM_PERIOD":
		return fault(providers.Rejected, "end_at", "a budget for the whole flight needs an end_at")
	case !changed["start_at"] && !changed["end_at"]:
		return nil
	}
	return w.dates(a, o, func(name string) bool { return changed[name] }, v)
}
