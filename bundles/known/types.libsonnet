// .NET types Exchange's own web.config files load outside modules and handlers, measured on the lab servers.
local iis = import 'iis.libsonnet';
local paths = import 'paths.libsonnet';

local microsoft = ', PublicKeyToken=31bf3856ad364e35';
local ews(class) = 'Microsoft.Exchange.Services.Wcf.' + class + ', Microsoft.Exchange.Services.EwsHandler' + microsoft;
local autodiscover(class) = 'Microsoft.Exchange.Autodiscover.WCF.' + class + ', Microsoft.Exchange.Autodiscover' + microsoft;
local controlPanel(class) = 'Microsoft.Exchange.Management.ControlPanel.' + class;

// All of them in one table: a type does no more harm in another of these sections.
paths.set(std.flattenArrays([iis.typeKeys(type) for type in [
  ews('EWSServiceCredentialsElement'),
  ews('MessageEncoderWithXmlDeclarationSoap11BindingElementExtension'),
  ews('MessageEncoderWithXmlDeclarationSoap11WSAddressing10BindingElementExtension'),
  ews('SecurityBindingElementExtension'),
  ews('UMLegacyMessageEncoderWithXmlDeclarationSoap11BindingElementExtension'),
  autodiscover('AutodiscoverServiceCredentialsElement'),
  autodiscover('AutodiscoverSecurityBindingElementExtension'),
  autodiscover('LegacyMessageEncoderBindingElementExtension'),
  controlPanel('DynamicValueExpressionBuilder, Microsoft.Exchange.Management.ControlPanel'),
  controlPanel('RegexExpressionBuilder, Microsoft.Exchange.Management.ControlPanel'),
  controlPanel('StringsExpressionBuilder, Microsoft.Exchange.Management.ControlPanel'),
  controlPanel('Osp.OspPivotViewerDynamic.CxmlHandler'),
]]))
