package store

import (
	"context"
	"time"
)

// Ticket is a report that a platform has been told to make for a part of a job.
type Ticket struct {
	WorkspaceID  string
	JobID        string
	Part         string // which part: the same for the same question
	ConnectionID string
	Ticket       []byte // the platform's own, opaque; sealed at rest
	Progress     float64
	Done         bool
	CreatedAt    time.Time
}

func (t *Ticket) id() string { return t.JobID + "/" + t.Part }

func ticketPlace(workspace, id string) Place {
	return Place{"report_tickets", workspace, id, "sealed_ticket"}
}

// AddTicket keeps a ticket. ErrConflict says that the part has one.
func (s *Store) AddTicket(ctx context.Context, t Ticket) error {
	_, err := s.exec(ctx, `INSERT INTO report_tickets (id, workspace_id, job_id, connection_id, sealed_ticket, progress, is_done, created_at)
		VALUES (?, ?, ?, ?, ?, 0, ?, ?)`, t.id(), t.WorkspaceID, t.JobID, t.ConnectionID,
		s.ring.Seal(t.Ticket, ticketPlace(t.WorkspaceID, t.id())), false, micros{s.now()})
	return wrap(err, "add ticket")
}

// MarkTicket notes how far the platform is.
func (s *Store) MarkTicket(ctx context.Context, t Ticket) error {
	res, err := s.exec(ctx, `UPDATE report_tickets SET progress = ?, is_done = ? WHERE workspace_id = ? AND id = ?`,
		toMillionths(t.Progress), t.Done, t.WorkspaceID, t.id())
	return one(res, err, "mark ticket", ErrNotFound)
}

// Tickets lists the tickets of a job, by their parts.
func (s *Store) Tickets(ctx context.Context, workspace, job string) (map[string]Ticket, error) {
	var rows []struct {
		ID           string `db:"id"`
		ConnectionID string `db:"connection_id"`
		Sealed       []byte `db:"sealed_ticket"`
		Progress     millionths
		Done         bool   `db:"is_done"`
		CreatedAt    micros `db:"created_at"`
	}
	err := s.all(ctx, &rows, `SELECT id, connection_id, sealed_ticket, progress, is_done, created_at FROM report_tickets
		WHERE workspace_id = ? AND job_id = ?`, workspace, job)
	if err != nil {
		return nil, wrap(err, "tickets")
	}
	out := map[string]Ticket{}
	for _, r := range rows {
		plain, err := s.ring.Open(r.Sealed, ticketPlace(workspace, r.ID))
		if err != nil {
			return nil, wrap(err, "tickets")
		}
		part := r.ID[len(job)+1:]
		out[part] = Ticket{WorkspaceID: workspace, JobID: job, Part: part, ConnectionID: r.ConnectionID, Ticket: plain,
			Progress: r.Progress.float(), Done: r.Done, CreatedAt: r.CreatedAt.Time}
	}
	return out, nil
}

// DropTickets forgets a job's tickets.
func (s *Store) DropTickets(ctx context.Context, workspace, job string) error {
	_, err := s.exec(ctx, `DELETE FROM report_tickets WHERE workspace_id = ? AND job_id = ?`, workspace, job)
	return wrap(err, "drop tickets")
}
