// Package crashpoint fails every AWS call of every flow, once as "did not happen" and once as "happened, but nobody
// heard", lets the next events and schedules run, and has one checker look at the whole state.
//
// It holds tests only. The use cases run against the local AWS's tables, bucket and keys, wired as the functions wire
// them; what AWS does by itself (reporting objects, calling schedules, removing by TTL) is played here, late and twice.
package crashpoint
