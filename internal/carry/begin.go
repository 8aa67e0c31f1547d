package carry

import (
	"context"

	"waybill/internal/client"
)

// begin answers the upload to go on with, resumed, if the journal remembers one of such a file that is still open, or that
// has all of this one already; otherwise a new one.
func (e errand) begin(ctx context.Context) (u record, resumed bool, err error) {
	was, found, err := e.Journal.find(e.parcel)
	switch {
	case err != nil:
		return record{}, false, err
	case !found:
	case was.Draft != e.draft:
		e.changed(was.Upload)
	default:
		if u, resumed, err = e.resume(ctx, was); resumed || err != nil {
			return u, resumed, err
		}
	}
	u, err = e.offer(ctx, entry{Draft: e.draft, Once: client.Once()})
	return u, false, err
}

func (e errand) resume(ctx context.Context, was entry) (u record, goOn bool, err error) {
	if was.Upload == "" {
		u, err = e.offer(ctx, was)
	} else {
		u, err = e.Records.Upload(ctx, was.Upload)
	}
	switch {
	case client.NotFound(err) && was.Upload != "":
		e.Say("%s is not there any more: this is a new upload.", was.Upload)
		return u, false, nil
	case err != nil:
		return u, false, err
	case u.Value.State == client.Sealed || e.joined(u.Value):
		return e.arrived(ctx, u)
	case u.Value.State == client.Pending:
		e.Say("Going on with %s.", u.Value.ID)
		return u, true, nil
	default:
		e.Say("%s is %s: this is a new upload.", u.Value.ID, u.Value.State)
		return u, false, nil
	}
}

// joined tells whether S3 was told to join the parts of an upload that waits for its seal: the digest was stated then.
func (e errand) joined(u client.Upload) bool {
	return u.State == client.Pending && u.SHA256 != e.draft.SHA256
}

// arrived goes on with an upload that no part can be changed of any more, if it is this file. Without a digest on its
// record, nobody can tell.
func (e errand) arrived(ctx context.Context, u record) (_ record, goOn bool, err error) {
	stated := e.draft.SHA256
	if stated == "" {
		if stated, err = e.whole(ctx, e.goods); err != nil {
			return u, false, err
		}
	}
	if stated != u.Value.SHA256 {
		e.changed(u.Value.ID)
		return u, false, nil
	}
	if u.Value.State == client.Sealed {
		e.Say("%s is sealed already.", u.Value.ID)
	} else {
		e.Say("All of %s is in S3 already.", u.Value.ID)
	}
	return u, true, nil
}

func (e errand) changed(id string) {
	if id == "" {
		id = "an upload"
	}
	e.Say("%s is no longer what was offered as %s: this is a new upload.", e.parcel.Path, id)
}

// offer leaves no entry behind for a place that is not there.
func (e errand) offer(ctx context.Context, in entry) (record, error) {
	if err := e.Journal.keep(e.parcel, in); err != nil {
		return record{}, err
	}
	u, err := e.Records.OfferUpload(ctx, e.parcel.To, in.Draft, in.Once)
	if client.NotFound(err) {
		_ = e.Journal.forget(e.parcel)
	}
	if err != nil {
		return u, err
	}
	in.Upload = u.Value.ID
	return u, e.Journal.keep(e.parcel, in)
}
