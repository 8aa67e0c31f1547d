package access

import "slices"

// Permission is one thing that a person can do.
type Permission string

// The permissions, one for each thing that the API can be asked for.
const (
	OrgCreate Permission = "org.create"
	OrgRead   Permission = "org.read"
	KeyBind   Permission = "key.bind"

	TerminationRead Permission = "termination.read"
	OrgTerminate    Permission = "org.terminate" // and withdraw that
	HoldRead        Permission = "hold.read"     // one, or a list
	HoldPlace       Permission = "hold.place"    // and release
	HoldingRead     Permission = "holding.read"  // the data map

	MigrationRead    Permission = "migration.read" // one, or a list
	MigrationCreate  Permission = "migration.create"
	MigrationEdit    Permission = "migration.edit"
	MigrationCopy    Permission = "migration.copy"
	MigrationRun     Permission = "migration.run"
	MigrationArchive Permission = "migration.archive" // and take out of the archive
	MigrationDelete  Permission = "migration.delete"

	UploadRead   Permission = "upload.read"   // one, or a list, and which parts S3 has
	UploadStage  Permission = "upload.stage"  // start, sign parts, complete
	UploadDelete Permission = "upload.delete" // purge before it is due

	EventRead      Permission = "event.read"
	QuarantineRead Permission = "quarantine.read"
)

// policy is all of it: who may do each thing. Whoever is not named may not.
//
// The rows follow the design's list of people. The operator registers organisations and sees what belongs to none. A
// key is bound by whoever answers for the organisation or for its keys. Its end is asked for by whoever answers for the
// organisation alone, not even by its operator; a hold, which stops that end, is placed and released by the security
// officer alone. Vendors and support come with access requests,
// until when their roles are known and allow nothing.
var policy = [...]struct {
	may Permission
	who []Role
}{
	{OrgCreate, []Role{Operator}},
	{OrgRead, []Role{Operator, OrgAdmin, MigrationAdmin, Viewer, SecurityOfficer}},
	{KeyBind, []Role{OrgAdmin, SecurityOfficer}},

	{TerminationRead, []Role{OrgAdmin, SecurityOfficer}},
	{OrgTerminate, []Role{OrgAdmin}},
	{HoldRead, []Role{OrgAdmin, SecurityOfficer}},
	{HoldPlace, []Role{SecurityOfficer}},
	{HoldingRead, []Role{OrgAdmin, MigrationAdmin, Viewer, SecurityOfficer}},

	{MigrationRead, []Role{OrgAdmin, MigrationAdmin, Viewer, SecurityOfficer}},
	{MigrationCreate, []Role{OrgAdmin, MigrationAdmin}},
	{MigrationEdit, []Role{OrgAdmin, MigrationAdmin}},
	{MigrationCopy, []Role{OrgAdmin, MigrationAdmin}},
	{MigrationRun, []Role{OrgAdmin, MigrationAdmin}},
	{MigrationArchive, []Role{OrgAdmin, MigrationAdmin}},
	{MigrationDelete, []Role{OrgAdmin, MigrationAdmin}},

	{UploadRead, []Role{OrgAdmin, MigrationAdmin, Viewer, SecurityOfficer}},
	{UploadStage, []Role{OrgAdmin, MigrationAdmin}},
	{UploadDelete, []Role{OrgAdmin, MigrationAdmin}},

	{EventRead, []Role{OrgAdmin, MigrationAdmin, Viewer, SecurityOfficer}},
	{QuarantineRead, []Role{Operator}},
}

// granted tells whether the table names the role beside the permission.
func granted(r Role, may Permission) bool {
	for _, row := range policy {
		if row.may == may {
			return slices.Contains(row.who, r)
		}
	}
	return false
}
