<%-- Made for exvet: stands for the pages of mapi/emsmdb. --%>
