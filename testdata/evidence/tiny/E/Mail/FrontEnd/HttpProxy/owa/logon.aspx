logon
