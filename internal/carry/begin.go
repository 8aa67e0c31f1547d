package carry

import (
	"context"

	"waybill/internal/client"
)

// begin answers the upload to go on with: the one that the journal remembers if it is of the same bytes and still open,
// or sealed already; otherwise a new one.
func (c Carrier) begin(ctx context.Context, p Parcel, d client.UploadDraft) (record, error) {
	e, found, err := c.Journal.find(p)
	switch {
	case err != nil:
		return record{}, err
	case !found:
	case e.Draft != d:
		c.Say("%s is no longer what was offered as %s: this is a new upload.", p.Path, named(e))
	default:
		if u, goOn, err := c.resume(ctx, p, e); goOn || err != nil {
			return u, err
		}
	}
	return c.offer(ctx, p, entry{Draft: d, Once: client.Once()})
}

func (c Carrier) resume(ctx context.Context, p Parcel, e entry) (u record, goOn bool, err error) {
	if e.Upload == "" {
		u, err = c.offer(ctx, p, e)
	} else {
		u, err = c.Records.Upload(ctx, e.Upload)
	}
	switch {
	case client.NotFound(err) && e.Upload != "":
		c.Say("%s is not there any more: this is a new upload.", e.Upload)
		return u, false, nil
	case err != nil:
		return u, false, err
	case u.Value.State == client.Pending:
		c.Say("Going on with %s.", u.Value.ID)
	case u.Value.State == client.Sealed:
		c.Say("%s is sealed already.", u.Value.ID)
	default:
		c.Say("%s is %s: this is a new upload.", u.Value.ID, u.Value.State)
		return u, false, nil
	}
	return u, true, nil
}

func (c Carrier) offer(ctx context.Context, p Parcel, e entry) (record, error) {
	if err := c.Journal.keep(p, e); err != nil {
		return record{}, err
	}
	u, err := c.Records.OfferUpload(ctx, p.To, e.Draft, e.Once)
	if err != nil {
		return u, err
	}
	e.Upload = u.Value.ID
	return u, c.Journal.keep(p, e)
}

func named(e entry) string {
	if e.Upload == "" {
		return "an upload"
	}
	return e.Upload
}
