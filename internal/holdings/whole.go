package holdings

import "waybill/internal/policy"

// ofOrganisation are the holdings that are told as a whole.
func (s subject) ofOrganisation(c Cell) []Holding {
	holds := s.over("", "")
	keys := s.ending(holds)
	keys.Rules = append([]string{policy.Idempotency.Name}, keys.Rules...)
	keys.Rule = policy.Idempotency.Name
	return []Holding{
		s.whole(Records, c.table(c.Records), s.ending(holds)),
		s.whole(Idempotency, c.table(c.Records), keys),
		s.whole(AuditTrail, c.table(c.Audit), s.ending(holds)),
		s.whole(Certificates, c.table(c.Audit), lasting()),
		s.whole(Ledger, Place{Bucket: c.Ledger, Region: c.Region}, lasting()),
		s.whole(Backups, c.table(c.Records), s.backups()),
	}
}

// ofMigration is the record of one migration: it goes with its organisation, or before on request.
func (s subject) ofMigration(c Cell, id string) []Holding {
	h := s.whole(Records, c.table(c.Records), s.ending(s.over(id, "")))
	h.ID, h.Migration = id, id
	return []Holding{h}
}

// lasting is what outlives the organisation.
func lasting() Holding { return Holding{Rules: []string{}, Holds: []string{}, Remains: true} }

func (s subject) whole(k Kind, where Place, h Holding) Holding {
	h.ID, h.Kind, h.Where = s.ID, k, where
	return h
}

// ending is what retention says of what goes with the organisation: as long as no termination runs, only by which rule.
func (s subject) ending(holds []string) Holding {
	subject := s.Plan.Subject()
	if s.Termination.Runs() {
		subject = s.Termination.Leaving
	}
	rule := policy.Governing(subject).Name
	h := Holding{Rule: rule, Rules: []string{rule}, Holds: holds}
	if !s.Termination.Runs() {
		return h
	}
	h.DeleteBy, h.Basis = s.Termination.DeleteBy, policy.Termination
	if len(holds) == 0 {
		h.PurgeBy = policy.Gone(h.DeleteBy, s.now)
	}
	return h
}

// backups keep what was deleted for a while longer. No hold reaches them, and nobody can delete out of one: what is
// restored from it is deleted again.
func (s subject) backups() Holding {
	h := Holding{Rule: policy.Backup.Name, Rules: []string{policy.Backup.Name}, Holds: []string{}}
	if s.Termination.Runs() {
		h.DeleteBy, h.Basis = policy.Deadline(policy.EncryptedBackup, s.Termination.DeleteBy), policy.Schedule
		h.PurgeBy = h.DeleteBy
	}
	return h
}
