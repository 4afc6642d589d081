package sim

import (
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

const timeLayout = "2006-01-02 15:04:05"

// wireTime is UTC, without a mark.
func wireTime(t time.Time) string { return t.UTC().Format(timeLayout) }

// deleted tells whether the object or one above it is gone. That a child goes
// with its parent is assumed.
func (e *entity) deleted() bool {
	for x := e; x != nil; x = x.parent {
		if x.op == "DELETE" {
			return true
		}
	}
	return false
}

// secondary is what really happens.
func (e *entity) secondary(now time.Time) string {
	switch e.kind {
	case kindCampaign:
		return e.campaignStatus()
	case kindAdGroup:
		return e.groupStatus(now)
	}
	return e.adStatus(now)
}

func (e *entity) campaignStatus() string {
	switch {
	case e.op == "DELETE":
		return "CAMPAIGN_STATUS_DELETE"
	case e.account.src.Status == simkit.Canceled:
		return "ADVERTISER_ACCOUNT_PUNISH"
	case e.op == "DISABLE":
		return "CAMPAIGN_STATUS_DISABLE"
	}
	return "CAMPAIGN_STATUS_ENABLE"
}

func (e *entity) groupStatus(now time.Time) string {
	start, end := e.schedule()
	switch {
	case e.op == "DELETE":
		return "ADGROUP_STATUS_DELETE"
	case e.parent.op == "DELETE":
		return "ADGROUP_STATUS_CAMPAIGN_DELETE"
	case e.account.src.Status == simkit.Canceled:
		return "ADVERTISER_ACCOUNT_PUNISH"
	case e.op == "DISABLE":
		return "ADGROUP_STATUS_DISABLE"
	case e.parent.op == "DISABLE":
		return "ADGROUP_STATUS_CAMPAIGN_DISABLE"
	case now.Before(start):
		return "ADGROUP_STATUS_NOT_START"
	case !now.Before(end):
		return "ADGROUP_STATUS_TIME_DONE"
	}
	return "ADGROUP_STATUS_DELIVERY_OK"
}

func (e *entity) adStatus(now time.Time) string {
	start, end := e.parent.schedule()
	switch {
	case e.op == "DELETE":
		return "AD_STATUS_DELETE"
	case e.parent.op == "DELETE":
		return "AD_STATUS_ADGROUP_DELETE"
	case e.parent.parent.op == "DELETE":
		return "AD_STATUS_CAMPAIGN_DELETE"
	case e.account.src.Status == simkit.Canceled:
		return "ADVERTISER_ACCOUNT_PUNISH"
	case e.op == "FROZEN":
		return "ADGROUP_STATUS_FROZEN"
	case e.op == "DISABLE":
		return "AD_STATUS_DISABLE"
	case e.parent.op == "DISABLE":
		return "AD_STATUS_ADGROUP_DISABLE"
	case e.parent.parent.op == "DISABLE":
		return "AD_STATUS_CAMPAIGN_DISABLE"
	case e.ad != nil && e.ad.Review == "PENDING", now.Before(e.reviewed):
		return "AD_STATUS_AUDIT"
	case e.ad != nil && e.ad.Review == "REJECTED":
		return "AD_STATUS_AUDIT_DENY"
	case now.Before(start):
		return "AD_STATUS_NOT_START"
	case !now.Before(end):
		return "AD_STATUS_DONE"
	}
	return "AD_STATUS_DELIVERY_OK"
}

// primary is the grouping that only filters know.
func (e *entity) primary(now time.Time) string {
	if e.deleted() {
		return "STATUS_DELETE"
	}
	switch s := e.secondary(now); s {
	case "CAMPAIGN_STATUS_ENABLE", "ADGROUP_STATUS_DELIVERY_OK", "AD_STATUS_DELIVERY_OK":
		return "STATUS_DELIVERY_OK"
	case "ADGROUP_STATUS_TIME_DONE", "AD_STATUS_DONE":
		return "STATUS_TIME_DONE"
	case "ADGROUP_STATUS_FROZEN":
		return "STATUS_FROZEN"
	case "AD_STATUS_AUDIT", "AD_STATUS_AUDIT_DENY", "AD_STATUS_NOT_START", "ADGROUP_STATUS_NOT_START", "ADVERTISER_ACCOUNT_PUNISH":
		return "STATUS_NOT_DELIVERY"
	default:
		return "STATUS_DISABLE"
	}
}

// matchesStatus applies a primary or a secondary status as a filter.
func (e *entity) matchesStatus(word string, now time.Time) bool {
	switch word {
	case "STATUS_ALL", "CAMPAIGN_STATUS_ALL", "ADGROUP_STATUS_ALL", "AD_STATUS_ALL":
		return true
	case "STATUS_NOT_DELETE", "CAMPAIGN_STATUS_NOT_DELETE", "ADGROUP_STATUS_NOT_DELETE", "AD_STATUS_NOT_DELETE":
		return !e.deleted()
	}
	return word == e.primary(now) || word == e.secondary(now)
}

// schedule is when an ad group runs; a schedule without an end is stored with
// one ten years ahead.
func (e *entity) schedule() (start, end time.Time) {
	f := e.show()
	start, _ = time.Parse(timeLayout, str(f, "schedule_start_time"))
	end, err := time.Parse(timeLayout, str(f, "schedule_end_time"))
	if err != nil {
		end = start.AddDate(10, 0, 0)
	}
	return start, end
}

// show is what the object says of itself; the caller must not change it.
func (e *entity) show() obj {
	if e.fields != nil {
		return e.fields
	}
	return e.build()
}
