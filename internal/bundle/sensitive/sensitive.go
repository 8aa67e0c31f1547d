// Package sensitive finds what must not leave the company in the text of a support bundle: who people are, where machines
// are, and what opens doors. It finds them in the shapes that logs and configuration files give them: as they are,
// percent-encoded, escaped for JSON or XML, in Base64.
//
// A Detector is made of tables: what each kind looks like, why it is one, and who says so. It looks at one block of whole
// lines at a time and knows nothing of other blocks, so blocks can be looked at in any order and by many goroutines. What
// runs on from one block into the next (a private key over many lines) is put together by Carry, in the order of blocks.
// How a file is cut into blocks does not change what is found.
//
// People who were found once, Known finds again wherever they are named, first and last names alone included. That is a
// second look at the same text, for a redaction, which reads it twice anyway. A scan reads it once, and counts what Look
// finds.
//
// It does not say how likely a place is: a place counts or it does not. It does not change text, which is redaction's
// part, and no value it found can be printed by accident: a Place holds none, and a Value shows its length only.
package sensitive

// Kind is what a value is.
type Kind uint8

// The kinds. Their names are those of the scan's output.
const (
	Email Kind = iota + 1
	Username
	Fullname
	IPv4
	IPv6
	Hostname
	Session
	JWT
	AWSKey
	PrivateKey
	Password
	SEN
	ServerID
	Token   // of a service: GitHub, GitLab, Slack, Atlassian Cloud, …; any bearer token
	Cookie  // that a browser shows to be let in, other than the session's
	Licence // a product's licence, as one blob
	Secret  // of a program: a cloud secret key, an OAuth client's secret
)

var kindNames = [...]string{Email: "email", Username: "username", Fullname: "fullname", IPv4: "ipv4", IPv6: "ipv6", Hostname: "hostname",
	Session: "session", JWT: "jwt", AWSKey: "aws_key", PrivateKey: "private_key", Password: "password", SEN: "sen", ServerID: "server_id",
	Token: "token", Cookie: "cookie", Licence: "licence", Secret: "secret"}

// String is the kind's name in the scan's output.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// Kinds lists all kinds.
func Kinds() (all []Kind) {
	for k := Email; int(k) < len(kindNames); k++ {
		all = append(all, k)
	}
	return all
}

// weight orders kinds by what is lost with them: where two claim the same bytes, the heavier has them.
var weight = [len(kindNames)]uint8{PrivateKey: 9, JWT: 8, AWSKey: 8, Password: 7, Secret: 7, Token: 6, Session: 6, Cookie: 5, Licence: 5,
	Email: 4, IPv6: 3, IPv4: 3, SEN: 3, ServerID: 3, Fullname: 2, Username: 2, Hostname: 1}

// Form is how a value was written where it was found.
type Form uint8

// The forms. Where several are nested, the outermost is named.
const (
	Plain   Form = iota
	Percent      // alice%40corp.example
	JSON         // alice\u0040corp.example
	XML          // alice&#64;corp.example
	Base64       // the place is the whole run of Base64, the value is somewhere in it
)

// String is the form's name.
func (f Form) String() string {
	return [...]string{"plain", "percent", "json", "xml", "base64"}[min(f, Base64)]
}
