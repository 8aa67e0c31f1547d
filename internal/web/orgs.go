package web

import (
	"context"

	"waybill/internal/org"
)

// orgView is an organisation as the API shows it.
type orgView struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Location  string   `json:"location"`
	Plan      org.Plan `json:"plan"`
	Regions   []string `json:"regions"`
	Key       keyView  `json:"key"`
	CreatedAt string   `json:"createdAt"`

	Termination *endView `json:"termination,omitempty"` // while one runs
}

type keyView struct {
	Mode  org.Mode     `json:"mode"`
	ARN   string       `json:"keyArn"`
	State org.KeyState `json:"state"`
}

func showOrg(o org.Organisation) answer {
	key := keyView{o.Key.Mode, o.Key.ARN, o.Key.State}
	shown := tagged(orgView{o.ID, o.Name, o.Location, o.Plan, o.Regions, key, stamp(o.CreatedAt), endOf(o.Termination)}, o.Revision)
	shown.lasting = true
	return shown
}

func (a API) createOrg(ctx context.Context, c *call, d org.Draft) (answer, error) {
	o, err := a.Registrar.Create(ctx, c.act, d)
	if err != nil {
		return answer{}, err
	}
	return created("/v1/orgs/"+o.ID, showOrg(o)), nil
}

func (a API) getOrg(ctx context.Context, c *call) (answer, error) {
	o, err := a.Registrar.Get(ctx, c.org)
	return showOrg(o), err
}

type keyBinding struct {
	ARN string `json:"keyArn"`
}

func (a API) bindKey(ctx context.Context, c *call, k keyBinding) (answer, error) {
	o, err := a.Keys.Bind(ctx, c.act, c.org, c.match, k.ARN)
	return showOrg(o), err
}

// orgExists answers fault.NotFound when the organisation is none of this cell's.
func (a API) orgExists(ctx context.Context, c *call) error {
	_, err := a.Registrar.Get(ctx, c.org)
	return err
}
