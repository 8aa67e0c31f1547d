package upload_test

import (
	"errors"
	"strings"
	"testing"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/memory"
	"waybill/internal/upload"
)

// The upload is deleted and purged while a client opens it in parts. What was opened must not stay, so the record is due
// again. Where that cannot be written, the client is not told that all is well.
func TestPartsAreOpenedTooLate(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		silent  string // the method whose calls are not heard from then on
		changes int    // how often the record changes again under our hands
		kind    error
		last    audit.Action
	}{
		"and that is all":              {"", 0, fault.Conflict, audit.UploadReturned},
		"the record cannot be read":    {"Upload", 0, memory.ErrSilence, audit.UploadPurged},
		"the record cannot be written": {"ReplaceUpload", 0, memory.ErrSilence, audit.UploadPurged},
		"the record changes again":     {"", 2, fault.Conflict, audit.UploadReturned},
		"the record keeps changing":    {"", 3, fault.Conflict, audit.UploadPurged},
	} {
		k := start(t)
		u := k.offer(big())
		writes := 0
		err := k.openTooLate(u, func(method string) memory.Fate {
			if method == "ReplaceUpload" {
				if writes++; writes == 1 {
					return memory.Heard // the opening, which comes too late
				}
				if row.changes > 0 {
					row.changes--
					k.gone(k.read(u.ID))
				}
			}
			if method == row.silent {
				return memory.Lost
			}
			return memory.Heard
		})
		if !errors.Is(err, row.kind) {
			t.Errorf("%s: %v", name, err)
		}
		if told := k.cell.Told(u.ID); told[len(told)-1] != row.last {
			t.Errorf("%s, on record: %v", name, told)
		}
	}
}

// openTooLate asks for parts, and has the upload deleted and purged just before S3 opens it. What becomes of the calls
// that follow is decided by then.
func (k *kit) openTooLate(u upload.Upload, then func(method string) memory.Fate) error {
	late, inside := false, false
	k.cell.Decide(func(call string) memory.Fate {
		method, _, _ := strings.Cut(call, " ")
		if inside || !late && method != "Open" {
			return memory.Heard
		}
		inside = true
		defer func() { inside = false }()
		if late {
			return then(method)
		}
		late = true
		_, err := k.Delete(k.t.Context(), k.act("other"), k.org, u.ID, "")
		k.must(err)
		k.gone(k.read(u.ID))
		return memory.Heard
	})
	defer k.cell.Decide(nil)
	digests, _ := parts(u)
	_, err := k.SignParts(k.t.Context(), k.act("k"), k.org, u.ID, digests)
	return err
}
