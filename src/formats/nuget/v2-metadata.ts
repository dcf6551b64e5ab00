import { properties } from './v2-properties.ts';
import { Xml, xml } from '../../lib/xml-writer.ts';

const edmx = 'http://schemas.microsoft.com/ado/2007/06/edmx';
const edm = 'http://schemas.microsoft.com/ado/2006/04/edm';
const m = 'http://schemas.microsoft.com/ado/2007/08/dataservices/metadata';
const app = 'http://www.w3.org/2007/app';
const atom = 'http://www.w3.org/2005/Atom';
const declaration = new Xml('<?xml version="1.0" encoding="utf-8"?>');

/** nuget.exe looks here for the functions that it may call. */
const functions: readonly (readonly [name: string, parameters: readonly (readonly [name: string, type: string])[]])[] =
  [
    [
      'Search',
      [
        ['searchTerm', 'Edm.String'],
        ['targetFramework', 'Edm.String'],
        ['includePrerelease', 'Edm.Boolean'],
      ],
    ],
    ['FindPackagesById', [['id', 'Edm.String']]],
    [
      'GetUpdates',
      [
        ['packageIds', 'Edm.String'],
        ['versions', 'Edm.String'],
        ['includePrerelease', 'Edm.Boolean'],
        ['includeAllVersions', 'Edm.Boolean'],
        ['targetFrameworks', 'Edm.String'],
        ['versionConstraints', 'Edm.String'],
      ],
    ],
  ];

/** `GET /v2`: the service document. */
export function serviceDocument(root: string): string {
  return xml`${declaration}<service xml:base="${root}" xmlns="${app}" xmlns:atom="${atom}"><workspace><atom:title>Default</atom:title><collection href="Packages"><atom:title>Packages</atom:title></collection></workspace></service>`
    .text;
}

/** `GET /v2/$metadata`: what `V2FeedPackage` holds, and which functions there are. */
export function metadataDocument(): string {
  return xml`${declaration}<edmx:Edmx Version="1.0" xmlns:edmx="${edmx}"><edmx:DataServices m:DataServiceVersion="2.0" m:MaxDataServiceVersion="2.0" xmlns:m="${m}"><Schema Namespace="NuGetGallery.OData" xmlns="${edm}">${entityType()}${container()}</Schema></edmx:DataServices></edmx:Edmx>`
    .text;
}

function entityType(): Xml {
  const fields = [...properties].map(
    ([name, property]) => xml`<Property Name="${name}" Type="${property.edm}" Nullable="${property.nullable}"/>`,
  );
  return xml`<EntityType Name="V2FeedPackage" m:HasStream="true"><Key><PropertyRef Name="Id"/><PropertyRef Name="Version"/></Key>${fields}</EntityType>`;
}

function container(): Xml {
  const imports = functions.map(
    ([name, parameters]) =>
      xml`<FunctionImport Name="${name}" ReturnType="Collection(NuGetGallery.OData.V2FeedPackage)" EntitySet="Packages">${parameters.map(
        ([parameter, type]) => xml`<Parameter Name="${parameter}" Type="${type}" FixedLength="false" Unicode="false"/>`,
      )}</FunctionImport>`,
  );
  return xml`<EntityContainer Name="V2FeedContext" m:IsDefaultEntityContainer="true"><EntitySet Name="Packages" EntityType="NuGetGallery.OData.V2FeedPackage"/>${imports}</EntityContainer>`;
}
