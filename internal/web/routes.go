package web

import "waybill/internal/access"

// route is one thing that can be asked for.
type route struct {
	at  string            // method, and path as http.ServeMux reads it
	may access.Permission // what its caller must be allowed; public for anybody at all
	// operator, where set, is asked instead of a caller who belongs to no organisation: the path then means something
	// that no organisation owns.
	operator access.Permission
	query    []string // the parameters that it knows
	do       endpoint
}

// public routes are served to whoever asks.
const public access.Permission = ""

// routes is the API. It is the only place that says which permission a route needs.
func (a API) routes() []route {
	return []route{
		{at: "GET /v1/openapi.yaml", may: public, do: a.openAPI},

		{at: "POST /v1/orgs", may: access.OrgCreate, do: body(a.createOrg)},
		{at: "GET /v1/orgs/{org}", may: access.OrgRead, do: a.getOrg},
		{at: "PUT /v1/orgs/{org}/key", may: access.KeyBind, do: body(a.bindKey)},

		{at: "POST /v1/orgs/{org}/termination", may: access.OrgTerminate, do: body(a.terminate)},
		{at: "GET /v1/orgs/{org}/termination", may: access.TerminationRead, do: a.getTermination},
		{at: "DELETE /v1/orgs/{org}/termination", may: access.OrgTerminate, do: a.withdraw},
		{at: "POST /v1/orgs/{org}/holds", may: access.HoldPlace, do: body(a.placeHold)},
		{at: "GET /v1/orgs/{org}/holds", may: access.HoldRead, do: a.listHolds, query: listing()},
		{at: "GET /v1/holds/{hld}", may: access.HoldRead, do: a.getHold},
		{at: "POST /v1/holds/{hld}/release", may: access.HoldPlace, do: body(a.releaseHold)},
		{at: "GET /v1/orgs/{org}/holdings", may: access.HoldingRead, do: a.listHoldings, query: listing()},
		{at: "GET /v1/migrations/{mig}/holdings", may: access.HoldingRead, do: a.listHoldings, query: listing()},

		{at: "POST /v1/orgs/{org}/migrations", may: access.MigrationCreate, do: body(a.createMigration)},
		{at: "GET /v1/orgs/{org}/migrations", may: access.MigrationRead, do: a.listMigrations, query: listing("status", "archived")},
		{at: "GET /v1/migrations/{mig}", may: access.MigrationRead, do: a.getMigration},
		{at: "PATCH /v1/migrations/{mig}", may: access.MigrationEdit, do: a.editMigration},
		{at: "DELETE /v1/migrations/{mig}", may: access.MigrationDelete, do: a.deleteMigration},
		{at: "POST /v1/migrations/{mig}/run", may: access.MigrationRun, do: bodiless(a.runMigration)},
		{at: "POST /v1/migrations/{mig}/settle", may: access.MigrationRun, do: body(a.settleMigration)},
		{at: "POST /v1/migrations/{mig}/copy", may: access.MigrationCopy, do: bodiless(a.copyMigration)},
		{at: "POST /v1/migrations/{mig}/archive", may: access.MigrationArchive, do: bodiless(a.archiveMigration)},
		{at: "POST /v1/migrations/{mig}/unarchive", may: access.MigrationArchive, do: bodiless(a.unarchiveMigration)},

		{at: "POST /v1/migrations/{mig}/uploads", may: access.UploadStage, do: body(a.offerUpload)},
		{at: "GET /v1/migrations/{mig}/uploads", may: access.UploadRead, do: a.listUploads, query: listing()},
		{at: "POST /v1/orgs/{org}/uploads", may: access.UploadStage, do: body(a.offerUpload)},
		{at: "GET /v1/orgs/{org}/uploads", may: access.UploadRead, do: a.listUploads, query: listing()},
		{at: "GET /v1/uploads", may: access.QuarantineRead, do: a.listQuarantined, query: listing()},
		{at: "GET /v1/uploads/{upl}", may: access.UploadRead, operator: access.QuarantineRead, do: a.getUpload},
		{at: "DELETE /v1/uploads/{upl}", may: access.UploadDelete, do: a.deleteUpload},
		{at: "GET /v1/uploads/{upl}/findings", may: access.UploadRead, do: a.getFindings},
		{at: "GET /v1/uploads/{upl}/inventory", may: access.UploadRead, do: a.getInventory},
		{at: "POST /v1/uploads/{upl}/put", may: access.UploadStage, do: bodiless(a.signPut)},
		{at: "POST /v1/uploads/{upl}/parts", may: access.UploadStage, do: body(a.signParts)},
		{at: "GET /v1/uploads/{upl}/parts", may: access.UploadRead, do: a.listParts},
		{at: "POST /v1/uploads/{upl}/complete", may: access.UploadStage, do: optional(a.completeUpload)},

		{at: "GET /v1/certificates/{crt}", may: access.CertificateRead, operator: access.QuarantineRead, do: a.getCertificate},
		{at: "GET /v1/orgs/{org}/certificates", may: access.CertificateRead, do: a.listCertificates, query: listing()},
		{at: "GET /v1/ledger/key", may: public, do: a.ledgerKey},
		{at: "GET /v1/ledger/checkpoint", may: public, do: a.ledgerCheckpoint},
		{at: "GET /v1/ledger/tile/{path}", may: public, do: a.ledgerTile},

		{at: "GET /v1/orgs/{org}/events", may: access.EventRead, do: a.listEvents, query: listing("from", "to", "action", "actor")},
	}
}

// listing is what every list can be asked, and its own filters.
func listing(filters ...string) []string { return append(filters, "limit", "cursor") }
