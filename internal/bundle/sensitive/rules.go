package sensitive

import "waybill/internal/bundle/needle"

// rules makes rules of the tables, and adds those whose shape is not a literal in front of a value.
func rules() []rule {
	all := escapeRules()
	for _, t := range tokens {
		all = append(all, rule{needle.Literal(t.prefix), credential(t)})
	}
	for _, f := range fields {
		all = append(all, rule{needle.Fold(f.name), f.look})
	}
	for _, p := range phrases {
		all = append(all, rule{needle.Fold(p.before), p.look})
	}
	for _, s := range shapes {
		all = append(all, rule{needle.MustPattern(s.pattern), s.look})
	}
	return all
}

// shape is a pattern that is part of every value of a kind, or stands beside it.
type shape struct {
	pattern string
	look    look
	why     string
}

var shapes = []shape{
	{`@`, (*view).email, "every address has one"},
	{`[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]`, (*view).ipv4, "four numbers with dots between; three are a version"},
	{`::[0-9A-Fa-f]`, (*view).ipv6, "zeros left out"},
	{`[0-9A-Fa-f]::`, (*view).ipv6, "zeros left out at the end"},
	{`:[0-9A-Fa-f]{3,4}:`, (*view).ipv6, "a group that no time has"},
	{`:[0-9A-Fa-f]:[0-9A-Fa-f]{1,2}:`, (*view).ipv6, "two groups that no time has"},
	{`:[0-9A-Fa-f]{2}:[0-9A-Fa-f]:`, (*view).ipv6, "two groups that no time has"},
	{`:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:`, (*view).ipv6, "more groups than a time has"},
	{`://`, (*view).url, "an authority follows"},
	{`thin:@`, (*view).oracle, "Oracle's JDBC URLs have no slashes before the host"},
	{`[a-z0-9-][0-9]\.[a-z]`, (*view).numbered, "a machine's name with a number: ws-0042.corp.example"},
	{`[0-9]x[0-9]{1,7}x[0-9]`, (*view).request, "Jira's and Bitbucket's number of a request, between user and session"},
	{` \[[0-3][0-9]/[A-Z][a-z]{2}/`, (*view).access, "the time in an access log, behind the user"},
	{`[A-Z0-9]\\[A-Za-z0-9]`, (*view).windows, `DOMAIN\user`},
	{`(?i)cn=`, (*view).commonName, "of a person in a directory, RFC 4514"},
	{`(?i)uid=`, (*view).uid, "of a person in a directory, RFC 4514"},
	{`(?i)dc=`, (*view).domain, "a part of the company's domain, RFC 4514"},
	{`eyJ`, (*view).jwt, `{" in Base64: RFC 7519`},
	{`(?i)bearer `, (*view).bearer, "RFC 6750"},
	{`(?i)basic `, (*view).basic, "RFC 7617"},
	{`-----BEGIN [A-Z0-9 ]{0,14}PRIVATE KEY`, (*view).pem, "RFC 7468, and OpenSSL's own"},
	{`MII[A-Za-z0-9+/]{2}[AQgw]IBA[AD]`, (*view).der, "PKCS #1 or PKCS #8: a long sequence that begins with the version 0"},
	{`MI[GH][A-Za-z0-9+/]AgEAM[BD]`, (*view).der, "PKCS #8 of an elliptic curve"},
	{`MHcCAQEE`, (*view).der, "SEC 1 of P-256"},
	{`MC4CAQAwBQYDK2V`, (*view).der, "PKCS #8 of Ed25519"},
	{`AAA[A-Z][A-Za-z0-9+/]{2}0ODAoPeN`, (*view).licence, "a licence of Atlassian: the length of its text, its signature's version, zlib"},
	{`(?i)SEN[- ]L?[0-9]`, (*view).sen, "a support entitlement number"},
	{`-[A-Z0-9]{4}-[A-Z0-9]{4}-`, (*view).serverID, "the middle of BXXX-XXXX-XXXX-XXXX"},
}
