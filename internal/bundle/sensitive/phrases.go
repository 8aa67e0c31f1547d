package sensitive

// phrase is what a log says before it names somebody.
type phrase struct {
	before string // in any case
	kind   Kind
	source string
}

// The phrases. One that ends in a quote or a bracket names all up to its counterpart; another names the next word, and
// only one that is no ordinary word, for "for user management" names nobody.
var phrases = []phrase{
	{"user '", Username, "atlassian-jira-security.log: The user 'x' has PASSED authentication"},
	{"users '", Username, "crowd"},
	{"user \"", Username, "crowd"},
	{"user [", Username, "atlassian-confluence-security.log"},
	{"user <", Username, "crowd"},
	{"username [", Username, "atlassian-confluence.log"},
	{"principal [", Username, "crowd"},
	{"login : '", Username, "atlassian-jira-security.log: login : 'x' tried to login"},
	{"login '", Username, "atlassian-bitbucket.log"},
	{"destroyed for '", Username, "atlassian-jira-security.log: HttpSession [s] destroyed for 'x'"},
	{"missing for '", Username, "atlassian-jira.log: The security token is missing for 'x'"},
	{"account '", Username, "crowd"},
	{"for user ", Username, "all"},
	{"for user: ", Username, "all"},
	{"by user ", Username, "all"},
	{"logged in as ", Username, "all"},
	{"authenticated as ", Username, "all"},
	{"on behalf of ", Username, "service management"},
	{"impersonating ", Username, "application links"},
	{"httpsession [", Session, "atlassian-jira-security.log"},
	{"httpsession created [", Session, "atlassian-jira-security.log"},
	{"session id [", Session, "all"},
}
