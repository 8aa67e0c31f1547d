package certificate

import (
	"encoding/json"
	"fmt"

	"waybill/internal/ledger"
)

// Report says what a certificate that was verified states, in words.
type Report struct {
	ID           string          `json:"id"`
	Organisation string          `json:"organisation,omitempty"` // its pseudonym
	Key          string          `json:"key"`                    // the KeyID of the key that signed it
	LeafIndex    int64           `json:"leafIndex"`              // where it stands in the ledger; -1 when that is not proven
	TreeSize     int64           `json:"treeSize"`
	Ledger       string          `json:"ledger,omitempty"` // the name that the ledger signs under
	Statement    json.RawMessage `json:"statement"`        // what was signed
	Says         []Said          `json:"says"`
	Proves       []string        `json:"proves"`
	ProvesNot    []string        `json:"provesNot"`
}

// Said is one thing that a certificate says.
type Said struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// About tells whether a certificate is about the organisation of that id.
func (r Report) About(org string) bool { return r.Organisation == Pseudonym(org) }

func report[P predicate](payload []byte) (Report, error) {
	s, err := parse[P](payload)
	if err != nil {
		return Report{}, err
	}
	r := s.Predicate.tell(s.Subject)
	r.ID, r.Organisation = s.Predicate.id(), s.Predicate.organisation()
	r.Says = append([]Said{{"certificate", r.ID}}, r.Says...)
	return r, nil
}

func (r Report) proven(i ledger.Inclusion, origin string) Report {
	r.LeafIndex, r.TreeSize, r.Ledger = i.LeafIndex, i.TreeSize, origin
	r.Says = append(r.Says, Said{"signed with", r.Key}, Said{"in the ledger", fmt.Sprintf("%s, entry %d of %d", origin, i.LeafIndex+1, i.TreeSize)})
	r.Proves = append(r.Proves, fmt.Sprintf("that this statement stands in the cell's ledger, at index %d of the %d entries that the cell signed for.",
		i.LeafIndex, i.TreeSize))
	r.ProvesNot = append(r.ProvesNot, "that the cell shows everybody the same ledger: compare its checkpoint with one that somebody else has.")
	return r
}

func (r Report) unproven() Report {
	r.LeafIndex = -1
	r.Says = append(r.Says, Said{"signed with", r.Key}, Said{"in the ledger", "not proven: the file brings no inclusion"})
	r.ProvesNot = append(r.ProvesNot, "that this statement stands in the cell's ledger: fetch the certificate again once it does.")
	return r
}
