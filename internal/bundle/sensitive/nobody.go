package sensitive

import "strings"

// nobody is user names that name no person: they come with the product, or with every system. To hide them would make a
// log unreadable and protect nobody.
var nobody = set(`
	- -- anonymous admin administrator administrators sysadmin system root guest nobody unknown none null undefined nil true false
	jira confluence bitbucket bamboo crowd crucible fisheye atlassian jiradbuser confluencedbuser bitbucketdbuser stash jirauser
	confuser postgres oracle mysql mssql sa sysdba dba public daemon www-data tomcat nginx apache git ssh hg svn service test user
	users username login self me everyone all default empty unauthenticated`)

// masks is what stands where a value was, or where one is to be put in.
var masks = set(`
	redacted redacted] [redacted] removed hidden masked masked] secret  protected protected] sanitized sanitised password passwd null nil none
	undefined empty true false yes no required optional set unset {password} {username} (null) ... n/a na string value *`)

// vocabulary is words that are names and also ordinary words, or the words of a log. Alone they are nobody's name: a
// search for the first name "Mark" would find every "Mark complete".
var vocabulary = set(`
	abbott admin admins administrator administrators agent agents aid alarm alert alpha amber angel anonymous any april archer art ash august
	autumn baker banks bay bean bear beta bill bird bishop black blank block blue board bond book bright brook brooks brown build bush
	butler cache cane carpenter carter case cash chance change chase child christian christmas church clay cliff close cloud cluster
	coin cole cook cooper corn crane create created cross crystal cruise custom data date dawn day days dean default delete dollar
	domain drake drew duke earl east else email english error event eve fair faith false farmer fast field fields find fine finish
	fisher flag flower ford forest found fox frank free french friday from front frost gates general german glass global gold good
	grace grant gray great green grey group groups grove guest hale hall hand hardy hart hawk health heath hill hills holland holly
	home honor hope host house hunt hunter index info init instance internal iris issue issues ivy jade java jet jira joy judge july
	june just justice key keys king knight lake lamb lane language last late law leader leaf level lily line link list little lock
	log login long lord love lucky main major manager march mark marsh marshall martin mason master match max may mercy merit message
	micro mike miles mill miller min mine misty model monday money moon moore more morning moss name new nice night node none north
	not null oak object olive open order page pages park parker parks part past pat path patience pearl penny people person peter
	pickle pike piper plain plugin point pole pool pope porter post potter power price prince process product project public queue
	queen rain ran randy ray read reader red reed remote request response rich ring river rivers road rob robin rock root rose ruby
	run rush rusty safe sage sale sand saturday savage scope sea search season security send server service session set shah sharp
	short sierra silver single site sky small smart smith snow soft sommer son song south spring staff star start stats status stay
	steel stone stop storm street strong sue summer sun sunday support swift system table target task taylor temple test thread
	thursday time title to town trace track trigger true tuesday turner type unknown update user users value victory video view wade
	wait walker wall ward warn warning waters watts web webb wednesday welcome west white wild will wills win winter wise with wolf
	wood woods work workflow world worth write year york young
	account accounts application applications authenticated authentication builtin bundle business cc client computers
	configuration connection content contact controller custom database department development directory distribution
	error everyone exception failed federation folder for in invalid legal marketing member members microsoft notification
	of office operations operator organisation organization password power privileged read replication reply required role roles
	sales schema sending sent sub team teams technical the trust unable update using world writers`)

// set makes a set of a list of words.
func set(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}

// has tells whether a set holds a text, in any case of A to Z.
func has(set map[string]bool, text []byte) bool {
	var lower [32]byte
	if len(text) > len(lower) {
		return false
	}
	for i, b := range text {
		if b >= 'A' && b <= 'Z' {
			b |= 0x20
		}
		lower[i] = b
	}
	return set[string(lower[:len(text)])]
}
