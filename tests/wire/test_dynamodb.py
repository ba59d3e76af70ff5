"""DynamoDB over boto3's core."""

from conftest import pages, refused

KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
ATTRIBUTES = [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}]
KINDS = {
    "s": {"S": "é"}, "n": {"N": "1.50"}, "b": {"B": b"\x00\x01"}, "t": {"BOOL": True}, "z": {"NULL": True},
    "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]}, "bs": {"BS": [b"x"]}, "l": {"L": [{"S": "x"}, {"N": "1"}]}, "m": {"M": {"k": {"S": "v"}}},
}


def table(aws, name):
    create = dict(TableName=name, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=ATTRIBUTES, KeySchema=KEYS)
    return aws.dynamodb.create_table(**create), create


def test_tables(aws):
    db = aws.dynamodb
    made, create = table(aws, "tables")
    assert made["TableDescription"]["TableName"] == "tables"
    refused("ResourceInUseException", db.create_table, **create)
    refused("ValidationException", db.create_table, **{**create, "TableName": "x"})
    assert db.describe_table(TableName="tables")["Table"]["TableStatus"] == "ACTIVE"
    refused("ResourceNotFoundException", db.describe_table, TableName="none")
    assert db.describe_continuous_backups(TableName="tables")["ContinuousBackupsDescription"]
    refused("TableNotFoundException", db.describe_continuous_backups, TableName="none")
    for number in range(3):
        table(aws, f"paged-{number}")
    listed, count = pages(db, "list_tables", "TableNames", 2)
    assert listed == sorted(listed) and {"tables", "paged-2"} <= set(listed) and count >= 2
    refused("ValidationException", db.list_tables, Limit=101)
    assert db.delete_table(TableName="paged-0")["TableDescription"]["TableStatus"] == "DELETING"
    refused("ResourceNotFoundException", db.delete_table, TableName="paged-0")


def test_items(aws):
    db = aws.dynamodb
    table(aws, "items")
    key = {"pk": {"S": "a"}, "sk": {"N": "1"}}
    at = dict(TableName="items", Key=key)
    db.put_item(TableName="items", Item={**key, **KINDS})
    told = db.get_item(**at, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    assert {**told["Item"], "n": {"N": "1.50"}} == {**key, **KINDS}, told["Item"]
    for name, call, arguments in [
        ("put", db.put_item, {"Item": key}), ("get", db.get_item, {"Key": key}),
        ("update", db.update_item, {"Key": key}), ("delete", db.delete_item, {"Key": key}),
        ("query", db.query, {"KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}), ("scan", db.scan, {}),
    ]:
        refused("ResourceNotFoundException", call, TableName="none", **arguments)
    condition = dict(ConditionExpression="attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_OLD")
    refused("ConditionalCheckFailedException", db.put_item, TableName="items", Item=key, **condition)
    refused("ConditionalCheckFailedException", db.update_item, **at, **condition, UpdateExpression="REMOVE s")
    refused("ConditionalCheckFailedException", db.delete_item, **at, **condition)
    refused("ValidationException", db.put_item, TableName="items", Item={"pk": {"S": "a"}})
    refused("ValidationException", db.update_item, **at, UpdateExpression="SET")
    updated = db.update_item(**at, UpdateExpression="SET c = :c ADD d :c", ExpressionAttributeValues={":c": {"N": "2"}}, ReturnValues="ALL_NEW")
    assert updated["Attributes"]["d"] == {"N": "2"}
    assert db.delete_item(**at, ReturnValues="ALL_OLD")["Attributes"]["c"] == {"N": "2"}
    assert "Item" not in db.get_item(**at)


def test_pages(aws):
    db = aws.dynamodb
    table(aws, "pages")
    for number in range(7):
        db.put_item(TableName="pages", Item={"pk": {"S": "a"}, "sk": {"N": str(number)}})
    query = dict(TableName="pages", KeyConditionExpression="pk = :a", ExpressionAttributeValues={":a": {"S": "a"}})
    found, count = pages(db, "query", "Items", 3, **query)
    assert [item["sk"]["N"] for item in found] == list("0123456") and count == 3
    found, _ = pages(db, "scan", "Items", 2, TableName="pages")
    assert len(found) == 7
    refused("ValidationException", db.query, **query, Limit=0)
    refused("ValidationException", db.scan, TableName="pages", ExclusiveStartKey={"no": {"S": "key"}})
