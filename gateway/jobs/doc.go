// Package jobs makes reports in the background: POST /ads/{connection_id}/report and what follows it, and the plain GET
// of a report that a platform makes in the background.
//
// What a job is, and who works on it, stands in the store, and is judged there: a worker holds a job by a lease that it
// keeps alive, and only its holder can end it. The queue (River, behind the interface dispatcher) merely tells workers,
// in the same transaction that changes the job; told twice, or by a queue that has lost its mind, they find in the store
// that there is nothing to do. A worker that dies stops moving its lease; any other process sees that and tells
// another worker. What a platform has been told to make is kept with the job, so that it is told once.
//
// A result is one object in a bucket, in the form from which every shape is written (package reports). It counts once
// its job says so: half a result is never seen.
package jobs
