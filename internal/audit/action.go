package audit

// Action is what was done, as "noun.verb".
type Action string

// Every action that a cell can record.
const (
	OrgCreated          Action = "org.created"
	KeyBound            Action = "key.bound"
	KeyRefused          Action = "key.refused"
	MigrationCreated    Action = "migration.created"
	MigrationEdited     Action = "migration.edited"
	MigrationCopied     Action = "migration.copied"
	MigrationStarted    Action = "migration.started"
	MigrationSettled    Action = "migration.settled"
	MigrationArchived   Action = "migration.archived"
	MigrationUnarchived Action = "migration.unarchived"
	MigrationDeleted    Action = "migration.deleted"
	UploadOffered       Action = "upload.offered"
	UploadOpened        Action = "upload.opened" // its multipart upload was begun in S3
	UploadSealed        Action = "upload.sealed"
	UploadStated        Action = "upload.digest-stated" // the digest of the whole, on a record that was not sealed with it
	UploadDropped       Action = "upload.dropped"       // put by hand under drop/
	UploadQuarantined   Action = "upload.quarantined"
	UploadInspected     Action = "upload.inspected" // it was read, and what was found written down
	UploadReturned      Action = "upload.returned"  // bytes arrived for what was due or had ended; due again
	UploadExpired       Action = "upload.expired"
	UploadDeleted       Action = "upload.delete-requested"
	UploadPurged        Action = "upload.purged"
	UploadShelved       Action = "upload.shelved"    // due, and under a legal hold
	UploadReadmitted    Action = "upload.readmitted" // its record had been removed before its bytes
	PurgeIntended       Action = "purge.intended"    // what is about to be erased
	PurgeGivenUp        Action = "purge.given-up"    // an intent of which something is left
	RestoreFound        Action = "restore.found"     // something certified to be gone came back from a backup
	RestoreAmended      Action = "restore.amended"   // it is gone again
	OrgEnding           Action = "org.ending"        // its records are about to be erased
	OrgEnded            Action = "org.ended"         // nothing is left of it but what is certified
	HoldPlaced          Action = "hold.placed"
	HoldReleased        Action = "hold.released"
	TerminationAsked    Action = "org.termination-requested"
	TerminationOff      Action = "org.termination-withdrawn"
	AccessRefused       Action = "access.refused"
)

// Actions lists every action, for filters and documentation.
func Actions() []Action {
	return []Action{OrgCreated, KeyBound, KeyRefused, MigrationCreated, MigrationEdited, MigrationCopied, MigrationStarted, MigrationSettled,
		MigrationArchived, MigrationUnarchived, MigrationDeleted, UploadOffered, UploadOpened, UploadSealed, UploadStated, UploadDropped,
		UploadQuarantined, UploadInspected, UploadReturned, UploadExpired, UploadDeleted, UploadPurged, UploadShelved, UploadReadmitted, PurgeIntended, PurgeGivenUp, RestoreFound, RestoreAmended, OrgEnding, OrgEnded,
		HoldPlaced, HoldReleased, TerminationAsked, TerminationOff, AccessRefused}
}
