package policy

// Subject is what a rule may cover.
type Subject string

// The subjects. The first five are also the kinds of uploads.
const (
	RawBundle         Subject = "support-zip"
	MigrationExport   Subject = "export"
	AssessmentFile    Subject = "assessment"
	OtherTransit      Subject = "other"
	UnmatchedArrival  Subject = "unmatched"
	OpenOffer         Subject = "offer"
	OrgEvaluation     Subject = "evaluation organisation"
	OrgPaid           Subject = "paid organisation"
	EncryptedBackup   Subject = "backup"
	SecurityKey       Subject = "security key"
	TransferEvent     Subject = "transfer event"
	RerunWindow       Subject = "re-run window"
	UnsettledTransfer Subject = "unsettled transfer"
	HealthMetric      Subject = "health metric"
	ReplayProtection  Subject = "idempotency"
	PassedCheck       Subject = "passed check"
)

// Covering lists the rules that cover a subject. An unmatched arrival may be anyone's migration data or a bundle, so
// both of their rules bind it. What is not known otherwise is in transit.
func Covering(s Subject) []Rule {
	switch s {
	case RawBundle:
		return []Rule{Debug}
	case MigrationExport:
		return []Rule{TransitMigration}
	case AssessmentFile:
		return []Rule{Assessment}
	case UnmatchedArrival:
		return []Rule{TransitMigration, Debug}
	case OpenOffer:
		return []Rule{Offer}
	case OrgEvaluation:
		return []Rule{Evaluation}
	case OrgPaid:
		return []Rule{Paid}
	}
	return coveringRecords(s)
}

// coveringRecords is Covering for what lies in tables and not in the staging bucket.
func coveringRecords(s Subject) []Rule {
	switch s {
	case EncryptedBackup:
		return []Rule{Backup}
	case SecurityKey:
		return []Rule{LinkKey}
	case TransferEvent:
		return []Rule{AppLog}
	case RerunWindow:
		return []Rule{AppRerun}
	case UnsettledTransfer:
		return []Rule{AppTimeout}
	case HealthMetric:
		return []Rule{Metrics}
	case ReplayProtection:
		return []Rule{Idempotency}
	case PassedCheck:
		return []Rule{CheckCache}
	}
	return []Rule{TransitOther}
}
