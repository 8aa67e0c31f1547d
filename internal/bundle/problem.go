package bundle

import (
	"strconv"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
	"waybill/internal/bundle/sensitive"
)

// gravity is how grave it is when an archive breaks a rule. What is not listed is low: it is a doubt about one name or
// one checksum, and everything was read.
var gravity = map[archive.Rule]finding.Severity{
	archive.TooMany: finding.High, archive.Directory: finding.High, archive.TooLarge: finding.High, archive.Ratio: finding.High,
	archive.Overlap: finding.High, archive.Stopped: finding.High, archive.Ambiguous: finding.High,
	archive.Truncated: finding.Medium, archive.NoDirectory: finding.Medium, archive.Corrupt: finding.Medium, archive.EntryLarge: finding.Medium,
	archive.Encrypted: finding.Medium, archive.Method: finding.Medium, archive.Outside: finding.Medium, archive.LocalHeader: finding.Medium,
	archive.NestedLost: finding.Medium, archive.NestedDeep: finding.Medium, archive.Unlisted: finding.Medium, archive.Disagree: finding.Medium,
	archive.Traversal: finding.Medium, archive.Absolute: finding.Medium, archive.Drive: finding.Medium, archive.Link: finding.Medium,
}

// wrong makes findings of what is wrong with the archive: one of each rule, however many files break it.
func (p *pass) wrong(problems []archive.Problem) (all []finding.Finding) {
	at := map[archive.Rule]int{}
	for _, problem := range problems {
		place := inventory.Place{File: p.safe(problem.File)}
		i, known := at[problem.Rule]
		if !known {
			severity, graver := gravity[problem.Rule]
			if !graver {
				severity = finding.Low
			}
			i = len(all)
			at[problem.Rule] = i
			all = append(all, finding.Finding{Rule: "archive." + string(problem.Rule), Severity: severity, Title: "The archive is not as it should be: " + string(problem.Rule),
				File: place.File, Evidence: p.safe(problem.Reason), Advice: "Make the bundle anew. What could not be read was not looked at.",
				First: place, Source: "limits and rules of the archive reader"})
		}
		all[i].Count++
		all[i].Last = place
	}
	return all
}

// opens are the kinds of value that open something by themselves.
var opens = map[string]struct {
	severity finding.Severity
	title    string
}{
	sensitive.PrivateKey.String(): {finding.Critical, "A private key is in the bundle"},
	sensitive.AWSKey.String():     {finding.Critical, "An AWS access key is in the bundle"},
	sensitive.Password.String():   {finding.Critical, "A password is in the bundle"},
	sensitive.Secret.String():     {finding.Critical, "A secret key is in the bundle"},
	sensitive.Token.String():      {finding.High, "An access token is in the bundle"},
	sensitive.JWT.String():        {finding.High, "A signed token (JWT) is in the bundle"},
	sensitive.Cookie.String():     {finding.Medium, "A cookie that lets somebody in is in the bundle"},
}

// secrets makes findings of the values that open something.
func secrets(s Sensitive) (all []finding.Finding) {
	first, last, counts := map[string]Place{}, map[string]Place{}, map[string]int64{}
	for _, p := range s.Where {
		if counts[p.Kind]++; counts[p.Kind] == 1 {
			first[p.Kind] = p
		}
		last[p.Kind] = p
	}
	for kind, p := range first {
		rule, there := opens[kind]
		if !there {
			continue
		}
		all = append(all, finding.Finding{Rule: "secret." + kind, Severity: rule.severity, Title: rule.title, File: p.File, Line: p.Line,
			Evidence: "distinct values: " + strconv.Itoa(s.Counts[kind]), Advice: "Change it at its source if the bundle has been shown to anybody, and remove it with `waybill bundle redact`.",
			Count: counts[kind], First: inventory.Place{File: p.File, Line: p.Line}, Last: inventory.Place{File: last[kind].File, Line: last[kind].Line},
			Measured: float64(s.Counts[kind]), Threshold: 1.0, Source: "what lets somebody in must not travel with a log"})
	}
	return all
}
